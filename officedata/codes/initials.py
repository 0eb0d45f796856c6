"""The characters in the names of the code tables, by the letter with which their pinyin begins."""

_BY_LETTER: dict[str, str] = {
    "a": "安",
    "b": "保兵包半备币报捕搬播本标版病胞舶表部",
    "c": "产仓传储出场处存层床成材查次测础程船茶草藏虫车采餐",
    "d": "代低党刀动地多大导毒电的达递道",
    "e": "二",
    "f": "仿分副反发复废房放服法纺辅防非飞",
    "g": "供光公共关古固国工广感构管过钢革馆高",
    "h": "互会化合和护核河洪活海环绘航货黑",
    "j": "井交介件具军加及基境家居建技教机检济激界究精经结聚胶舰节计记进酒金间际",
    "k": "克勘开控昆矿科空考",
    "l": "临乐冷利力历录捞料来林流炼理离粮联论赁路量零雷",
    "m": "免媒木毛民煤牧米美门面马",
    "n": "农泥纳能",
    "p": "品培批派皮",
    "q": "企全其区器弃情气汽球群",
    "r": "人壤日染热然燃融软",
    "s": "上书事兽刷史售商塑失实宿射属山市式思摄数施术森水沙生石社神算色视设试输食饰饲",
    "t": "他体团图土天态推炭特田统藤通铁",
    "w": "务卫屋微文无未温物维网闻",
    "x": "信修协卸学巷心性息想效新星析械橡洗献畜相系纤细行选险鞋",
    "y": "一与业义仪养冶医印压原员园域娱应延影有油洋渔源烟用疫研羽育艺药言语轧运遗遥邮野音预饮验",
    "z": "专中主众住作准制助哲增子宗展政整族智棕植殖治真种租竹筑纸组织综自装质贮资造钻障",
}
_LETTER = {character: letter for letter, characters in _BY_LETTER.items() for character in characters}


def initials(folded: str) -> str:
    """The initials of a folded name of the tables; a character that is in none of them is left out."""
    return "".join(_LETTER.get(each, "") for each in folded)
