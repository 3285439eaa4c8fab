import sys, types, bot.jobs
async def _n(store): return None
for n,a in (("housekeeping","clean"),("tick","tick")):
    if not hasattr(bot.jobs,n):
        m=types.ModuleType("bot.jobs."+n); setattr(m,a,_n); m.next_due=_n; sys.modules["bot.jobs."+n]=m; setattr(bot.jobs,n,m)
from actions.people import first_office
async def test_it(scene):
    try:
        await scene.join("office","王处长"); await scene.join("zhang","张三"); await scene.join("stranger","路人", language="en")
        None
        link = await scene.bot.store.unit(lambda tx: first_office(tx, regime="shandong-2022", role="office", name="王处长"))
        await scene.start("office", link.token)
        await scene.press("office","是我")
        await scene.press("office","中文")
        await scene.say("office","/invite")
        await scene.say("office","张三")
        await scene.say("office","地方联络员")
        await scene.say("office","德州")
        await scene.press("office","德州市（全域）")
        await scene.press("office","跳过")
        await scene.press("office","✅ 提交")
        import re
        msgs = await scene.sandbox.messages(scene.cast["office"])
        token = next(m for m in (re.search(r"start=([\w-]+)", str(x)) for x in msgs) if m).group(1)
        await scene.start("stranger", token)
        await scene.press("stranger","Not me")
        await scene.say("stranger","hello")
        await scene.photo("stranger")
        await scene.start("zhang", token)
        await scene.press("zhang","是我")
        await scene.press("zhang","English")
        await scene.say("zhang","/whoami")
        await scene.say("zhang","/help")
        await scene.say("zhang","/language")
        await scene.press("zhang","中文")
        await scene.start("stranger", token)
        await scene.say("stranger","/help")
        await scene.say("stranger","/privacy")
        await scene.say("stranger","/whoami")
        await scene.say("stranger","/language")
        await scene.say("office","/invites")
        import os
        await scene.say("zhang","/invite")
        await scene.start("stranger", "AAAA")
        await scene.start("stranger", "privacy")
        await scene.send("zhang","sticker", b"RIFF1234WEBP")
    finally:
        open("/tmp/h_people/out.md","w").write("\n".join(scene.lines))
