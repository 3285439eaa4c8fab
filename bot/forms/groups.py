from actions import group_news
from actions.converse import register
from domain.forms import Form

register(Form("post", group_news.Post, submit=group_news.post))
