// The page's own texts. What bots and people write is shown as it is.
import { emit } from './bus.js';

const TEXTS = {
  language: ['English', '中文'],
  people: ['人员', 'People'],
  groups: ['群组', 'Groups'],
  search: ['搜索', 'Search'],
  addPerson: ['添加人员', 'Add person'],
  addGroup: ['添加群组', 'Add group'],
  hint1: ['在左侧选一个人（可同时打开几个）', 'Choose a person on the left (several can be open)'],
  hint2: ['以他的身份写消息、按按钮', 'Write and press buttons as that person'],
  hint3: ['在上方拨动时钟，看提醒到来', 'Move the clock above and watch what arrives'],
  hintClose: ['知道了', 'Got it'],
  emptyTitle: ['谁来说话？', 'Who would you like to be?'],
  emptyText: ['从名单中选择一个人，就会打开他的手机。可以同时打开几部，并排对话。', 'Choose a person from the list to open their phone. Open several to see a conversation from all sides.'],
  noPeople: ['还没有人。添加一个就可以开始。', 'Nobody is here yet. Add a person to begin.'],
  noGroups: ['还没有群组', 'No groups yet'],
  noMatch: ['没有找到', 'Nothing found'],
  speakAs: ['以谁的身份进群：', 'Open this group as:'],
  members: ['{n} 名成员', '{n} members'],
  manageMembers: ['管理成员', 'Manage members'],
  plusHour: ['+1 小时', '+1 h'],
  plusDay: ['+1 天', '+1 day'],
  nextMorning: ['到下一个 08:30', 'Next 08:30'],
  plusWeek: ['+1 周', '+1 week'],
  chooseTime: ['选择日期时间', 'Choose date and time'],
  clockLabel: ['本地时钟（北京时间）', 'The sandbox clock (Beijing time)'],
  moveTo: ['拨到这一时刻', 'Move the clock'],
  onlyForward: ['时钟只能向前走。', 'The clock only goes forward.'],
  dateTime: ['日期和时间（北京时间）', 'Date and time (Beijing time)'],
  clockMoved: ['时钟已拨到 {time}', 'The clock now says {time}'],
  start: ['开始', 'Start'],
  startText: ['这里还没有消息。按“开始”与机器人说话。', 'No messages yet. Press Start to talk to the bot.'],
  emptyGroup: ['群里还没有消息。', 'No messages in this group yet.'],
  message: ['写消息…', 'Message…'],
  caption: ['添加说明…', 'Add a caption…'],
  send: ['发送', 'Send'],
  attach: ['添加附件', 'Attach'],
  commands: ['命令菜单', 'Commands'],
  keyboard: ['显示或隐藏键盘', 'Show or hide the keyboard'],
  photo: ['照片（可多选）', 'Photos (one or several)'],
  file: ['文件', 'File'],
  samplePhoto: ['示例照片', 'Sample photo'],
  samplePdf: ['示例 PDF', 'Sample PDF'],
  location: ['位置（示例）', 'Location (sample)'],
  contact: ['我的名片', 'My contact'],
  sticker: ['贴纸', 'Sticker'],
  remove: ['移除', 'Remove'],
  reply: ['回复', 'Reply'],
  copy: ['复制文字', 'Copy text'],
  copied: ['已复制', 'Copied'],
  edit: ['编辑', 'Edit'],
  forward: ['转发', 'Forward'],
  forwardTo: ['转发到…', 'Forward to…'],
  forwarded: ['转发', 'Forwarded'],
  forwardedFrom: ['转发自 {name}', 'Forwarded from {name}'],
  del: ['删除', 'Delete'],
  messageMenu: ['消息操作', 'Message actions'],
  paneMenu: ['更多', 'More'],
  editing: ['编辑消息', 'Edit message'],
  edited: ['已编辑', 'edited'],
  silent: ['静音送达', 'Arrived without a sound'],
  cancel: ['取消', 'Cancel'],
  close: ['关闭', 'Close'],
  back: ['返回名单', 'Back to the list'],
  ok: ['好', 'OK'],
  add: ['添加', 'Add'],
  save: ['保存', 'Save'],
  name: ['姓名', 'Name'],
  about: ['说明（如职务，可不填）', 'About (such as a role; optional)'],
  telegramLanguage: ['Telegram 语言', 'Telegram language'],
  title: ['群名', 'Title'],
  whoIsIn: ['成员', 'Members'],
  block: ['停用机器人', 'Block bot'],
  unblock: ['重新启用机器人', 'Unblock bot'],
  blocked: ['此人已停用机器人，收不到它的消息。', 'This person has blocked the bot and receives nothing from it.'],
  restart: ['发送 /start', 'Send /start'],
  copyLink: ['复制本页链接', 'Copy link to these panes'],
  openAs: ['以谁的身份打开这个链接？', 'Open this link as whom?'],
  openAsMe: ['以“{name}”打开', 'Open as {name}'],
  payload: ['参数 {payload}', 'payload {payload}'],
  newMessages: ['新消息', 'New messages'],
  earlier: ['显示更早的消息', 'Show earlier messages'],
  offline: ['连接中断，正在重连…', 'Connection lost, reconnecting…'],
  private: ['私聊', 'Private chat'],
  bot: ['机器人', 'Bot'],
  you: ['我', 'You'],
  download: ['下载', 'Download'],
  sampleNote: ['示例照片', 'Sample photo'],
  photoWord: ['[照片]', '[Photo]'],
  documentWord: ['[文件]', '[File]'],
  voiceWord: ['[语音]', '[Voice]'],
  videoWord: ['[视频]', '[Video]'],
  locationWord: ['[位置]', '[Location]'],
  contactWord: ['[名片]', '[Contact]'],
  stickerWord: ['[贴纸]', '[Sticker]'],
  otherWord: ['[消息]', '[Message]'],
  noAnswer: ['机器人没有回应这个按钮', 'The bot did not answer this button'],
  lightbox: ['图片', 'Picture'],
  linkHidden: ['显示隐藏的文字', 'Reveal hidden text'],
  unread: ['{n} 条未读', '{n} unread'],
  chats: ['会话', 'Chats'],
  tooMany: ['一组最多 10 个', 'At most 10 in one album'],
  quickTimes: ['拨动时钟', 'Move the clock'],
  joined: ['{names} 加入了群组', '{names} joined the group'],
  left: ['{names} 离开了群组', '{names} left the group'],
  renamed: ['群名改为「{names}」', 'The group is now called “{names}”'],
  migrated: ['群组已升级', 'The group was upgraded'],
  pinned: ['已置顶一条消息', 'A message was pinned'],
};

let current = 0;

export const language = () => (current ? 'en' : 'zh');
export const locale = () => (current ? 'en-GB' : 'zh-CN');

export function t(key, values = {}) {
  const text = (TEXTS[key] ?? [key, key])[current];
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

export function setLanguage(wanted) {
  current = wanted === 'en' ? 1 : 0;
  localStorage.setItem('language', language());
  document.documentElement.lang = current ? 'en' : 'zh-CN';
  emit('language', wanted);
}

export function startLanguage() {
  const stored = localStorage.getItem('language');
  setLanguage(stored ?? (navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'));
}
