#!/usr/bin/env python3
"""Writes ../catalog.jsonl: the structure is here, the words are in texts.txt. Parents come before children."""
import json
import pathlib

HERE = pathlib.Path(__file__).parent
DEMO = HERE.parent
LANGUAGES = ["en", "ko", "es", "zh-hans", "zh-hant", "pt"]


def read_texts():
    texts, key = {}, None
    for number, line in enumerate((HERE / "texts.txt").read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("@"):
            key = line[1:]
            assert key not in texts, f"line {number}: {key} twice"
            texts[key] = ({}, {})
            continue
        language, title, synopsis = line.split("|")
        texts[key][0][language] = title
        if synopsis:
            texts[key][1][language] = synopsis
    for key, (titles, synopses) in texts.items():
        assert list(titles) == LANGUAGES, f"{key}: titles in {list(titles)}"
        assert not synopses or list(synopses) == LANGUAGES, f"{key}: synopses in {list(synopses)}"
    return texts


TEXTS = read_texts()

SUBTITLE_NAMES = {"en": "English", "ko": "한국어", "es": "Español", "zh-hans": "简体中文", "zh-hant": "繁體中文", "pt": "Português"}
# reel: seconds, renditions, side-car subtitles
REELS = {
    "tide": (63, ["tide-360.mp4", "tide-540.mp4", "tide-720.mp4"], ["en.vtt", "ko.srt", "es.vtt", "zh-hans.vtt", "zh-hant.srt", "pt.vtt"]),
    "orbit": (64, ["orbit-360.mp4", "orbit-720.mp4"], ["en.vtt", "ko.srt", "es.vtt", "zh-hans.srt", "zh-hant.srt", "pt.vtt"]),
    "strata": (62, ["strata-360.mp4", "strata-720.mp4"], ["en.vtt", "ko.srt", "es.vtt"]),
    "lattice": (60, ["lattice-360.mkv"], []),
    "neon": (66, ["neon-540.mp4"], []),
    "drift": (60, ["drift-540.mp4"], []),
}

PEOPLE = {
    "han": ("Han Yun-seo", {"ko": "한윤서", "zh-hans": "韩允书", "zh-hant": "韓允書"}),
    "do": ("Do Jae-ha", {"ko": "도재하", "zh-hans": "都在河", "zh-hant": "都在河"}),
    "moon": ("Moon Ga-ram", {"ko": "문가람", "zh-hans": "文佳蓝", "zh-hant": "文佳藍"}),
    "bae": ("Bae In-ok", {"ko": "배인옥", "zh-hans": "裴仁玉", "zh-hant": "裴仁玉"}),
    "holloway": ("Maren Holloway", {"ko": "마렌 할로웨이"}),
    "vale": ("Idris Vale", {"ko": "이드리스 베일"}),
    "okafor": ("Chidi Okonjo-Reyes", {"ko": "치디 오콘조레예스"}),
    "ferran": ("Lucía Ferrán", {"ko": "루시아 페란"}),
    "avelar": ("Tomás Avelar", {"ko": "토마스 아벨라르"}),
    "shen": ("Shen Ruolan", {"ko": "선뤄란", "zh-hans": "沈若岚", "zh-hant": "沈若嵐"}),
    "lin": ("Lin Meng-chien", {"ko": "린멍첸", "zh-hans": "林孟谦", "zh-hant": "林孟謙"}),
    "brandt": ("Ottilie Brandt", {"ko": "오틸리에 브란트"}),
    "quispe": ("Nayra Quispe Solano", {"ko": "나이라 키스페 솔라노"}),
    "farrow": ("Desmond Farrow", {"ko": "데즈먼드 패로"}),
    "seo": ("Seo Ha-neul", {"ko": "서하늘", "zh-hans": "徐天", "zh-hant": "徐天"}),
    "montejo": ("Beatriz Montejo", {"ko": "베아트리스 몬테호"}),
}

records = []


def emit(**record):
    records.append({k: v for k, v in record.items() if v not in (None, [], {})})


def words(key, synopsis_of=None):
    return {"titles": TEXTS[key][0], "synopses": TEXTS[synopsis_of or key][1]}


def images(key, portrait):
    out = [{"path": f"art/{key}.webp", "orientation": "landscape", "language": "en", "representative": True}]
    if portrait:
        out.append({"path": f"art/{key}-poster.webp", "orientation": "portrait", "language": "en", "representative": True})
    return out


def ids(prefix, keys):
    return [f"demo:{prefix}-{k}" for k in keys]


def cast(*entries):
    out = []
    for entry in entries:
        name, _, role = entry.partition("/")
        out.append({"person": f"demo:person-{name}", "role": role} if role else f"demo:person-{name}")
    return out


def badge(top_right="", top_left="", bottom_right=""):
    return {"top_left": top_left, "top_right": top_right, "bottom_left": "", "bottom_right": bottom_right}


def playable(reel, files=None, cues=(), ad_tag=None):
    seconds, renditions, subtitles = REELS[reel]
    chosen = [f for f in renditions if files is None or any(f"-{h}." in f for h in files)]
    return {
        "runtime_s": seconds,
        "media": [{"path": f"media/{f}"} for f in chosen],
        "subtitle_files": [
            {"path": f"media/{reel}.{s}", "language": s.rsplit(".", 1)[0], "name": SUBTITLE_NAMES[s.rsplit(".", 1)[0]], "forced": False}
            for s in subtitles
        ],
        "cue_points": [{"timecode": t, "type": kind, "name": name, "metadata": meta} for t, kind, name, meta in cues],
        "ad_tag": ad_tag,
    }


def categories_and_tags():
    order = ["drama", "films", "scifi", "docs", "night", "journeys", "family", "shorts"]
    slugs = {"drama": "korean-drama", "films": "films", "scifi": "sci-fi", "docs": "documentary", "night": "after-midnight",
             "journeys": "journeys", "family": "family", "shorts": "shorts"}
    for n, key in enumerate(order, 1):
        titles, descriptions = TEXTS[f"cat-{key}"]
        emit(id=f"demo:cat-{key}", kind="category", slug=slugs[key], titles=titles, descriptions=descriptions, order=n)
    for key in ["sea", "slow", "space", "nature", "city", "witty", "heartfelt"]:
        emit(id=f"demo:tag-{key}", kind="tag", titles=TEXTS[f"tag-{key}"][0])


def people():
    for key, (english, names) in PEOPLE.items():
        emit(id=f"demo:person-{key}", kind="person", names={"en": english, **names})


def show(key, seasons, *, slug, language, genres, cats, tags, people_, rating, year, reel, badges=None, clips=(), since=None):
    emit(id=f"demo:{key}", kind="series", slug=slug, **words(key), original_language=language, genres=genres, categories=ids("cat", cats),
         tags=ids("tag", tags), cast=cast(*people_), age_rating=rating, year=year, date=f"{year}-03-01", images=images(key, True), badges=badges, publish_start=since or f"{seasons[-1][1]}-03-01T09:00:00Z")
    # A series page opens on its first season, so that one tells what the whole series is about.
    for number, (count, season_year, end) in enumerate(seasons, 1):
        season = f"{key}-s{number}"
        emit(id=f"demo:{season}", kind="season", slug=f"{slug}-s{number}", parent=f"demo:{key}", number=number, **words(season, key if number == 1 else season),
             short_titles=short_titles(number), year=season_year, date=f"{season_year}-03-01", end_date=end, categories=ids("cat", cats),
             tags=ids("tag", tags), cast=cast(*people_), images=images(season, True), dubbing_mode=False)
        for n in range(1, count + 1):
            episode = f"{season}e{n}"
            last = number == len(seasons) and n == count
            cues = []
            if n % 2 == 1:
                cues.append((30.5, "AD", "mid-1", ""))
            if n == 1:
                cues += [(20.0, "CODE", "chapter-2", "chapter"), (45.0, "CODE", "chapter-3", "chapter")]
            cues.sort()
            emit(id=f"demo:{episode}", kind="episode", slug=f"{slug}-s{number}e{n}", parent=f"demo:{season}", number=n, **words(episode),
                 genres=genres, tags=ids("tag", tags), cast=cast(*people_), age_rating=rating, year=season_year, images=images(episode, False),
                 badges=badge("NEW") if last else None,
                 publish_start=f"{season_year}-03-{n:02}T09:00:00Z",
                 **playable(reel, cues=cues, ad_tag="https://ads.example.com/vast?slot=mid" if n == 1 and number == 1 else None))
        for clip, clip_reel in clips if number == 1 else ():
            emit(id=f"demo:{clip}", kind="clip", parent=f"demo:{season}", number=100, **words(clip), age_rating="ALL", year=season_year,
                 images=images(clip, False), **playable(clip_reel, files=[360, 540]))


def short_titles(n):
    return {"en": f"S{n}", "ko": f"시즌 {n}", "es": f"T{n}", "zh-hans": f"第{n}季", "zh-hant": f"第{n}季", "pt": f"T{n}"}


def movie(key, slug, reel, genres, cats, tags, people_, rating, year, language="en", badges=None, files=None, cues=()):
    emit(id=f"demo:{key}", kind="movie", slug=slug, **words(key), original_language=language, genres=genres, categories=ids("cat", ["films", *cats]),
         tags=ids("tag", tags), cast=cast(*people_), age_rating=rating, year=year, images=images(key, True), badges=badges,
         publish_start=f"{year}-02-01T09:00:00Z", **playable(reel, files, cues))


def home():
    """The home screen. Rows and covers name titles by id or slug."""
    emit(id="demo:home", kind="row_group", slug="home", surface="browser", titles=TEXTS["home-browse"][0], order=1, refresh_time=600000)
    rows = [
        ("continue", {"fill": "continue_watching"}),
        ("picks", {"items": ["demo:harbor", "demo:m-kite", "demo:signal-s2", "demo:m-orchard", "demo:stone", "demo:m-salt", "demo:harbor-s1e1"]}),
        ("new", {"query": {"order": "newest", "limit": 12}}),
        ("because", {"fill": "because_you_watched"}),
        ("popular", {"query": {"types": ["series", "movie"], "order": "popularity", "limit": 10}, "image_orientation": "portrait"}),
        ("episodes", {"query": {"types": ["episode"], "limit": 12}}),
        ("like-harbor", {"fill": "more_like_this", "of": "harbor-lights"}),
        ("korean", {"query": {"language": "ko"}}),
        ("recommended", {"fill": "recommended", "image_orientation": "portrait"}),
        ("favorites", {"fill": "favorites"}),
        ("sofa", {"query": {"category": "demo:cat-family", "types": ["series", "movie"]}, "image_orientation": "portrait"}),
        ("shorts", {"query": {"category": "shorts", "types": ["clip"]}}),
    ]
    for order, (key, fill) in enumerate(rows, 1):
        emit(id=f"demo:row-{key}", kind="row", group="demo:home", slug=key, titles=TEXTS[f"row-{key}"][0], order=order, **fill)
    emit(id="demo:bundle-quiet", kind="multichannel", slug="the-quiet-pack", titles=TEXTS["bundle-quiet"][0], order=1,
         logo={"path": "art/channel-strata.webp", "orientation": "landscape", "language": "en"})
    for order, (key, slug, bundle) in enumerate([("harbor", "harbor-one", None), ("orbit", "orbit-24", "quiet"), ("strata", "strata-nature", "quiet"), ("neon", "neon-night", None)], 1):
        emit(id=f"demo:channel-{key}", kind="channel", slug=slug, titles=TEXTS[f"channel-{key}"][0], order=order,
             multichannel=bundle and f"demo:bundle-{bundle}", logo={"path": f"art/channel-{key}.webp", "orientation": "landscape", "language": "en"})
    emit(id="demo:live", kind="row_group", slug="live", surface="channel", titles=TEXTS["home-channels"][0], order=1)
    emit(id="demo:row-all-channels", kind="row", group="demo:live", slug="all-channels", titles=TEXTS["row-all-channels"][0], order=1, fill="channels")
    emit(id="demo:row-bundles", kind="row", group="demo:live", slug="bundles", titles=TEXTS["row-bundles"][0], order=2, items=["demo:bundle-quiet"])
    watch, details = TEXTS["call-watch"][0], TEXTS["call-details"][0]
    covers = [
        ("home", "home", "home", [("demo:harbor-s1", watch, "play"), ("demo:m-velvet", watch, "play"), ("demo:signal", details, "info"), ("demo:m-orchard", details, "info")]),
        ("scifi", "category", "sci-fi", [("demo:signal-s1", watch, "play"), ("demo:m-tenth", details, "info")]),
        ("harbor", "series", "harbor-lights", [("demo:harbor-s2e1", watch, "play"), ("demo:harbor-s1", details, "info")]),
        ("channels", "channel", "orbit-24", [("demo:channel-orbit", watch, "play"), ("demo:bundle-quiet", details, "info")]),
    ]
    for order, (key, kind, slug, slides) in enumerate(covers, 1):
        emit(id=f"demo:cover-{key}", kind="cover", type=kind, slug=slug, order=order, rolling_time=7000, refresh_time=600000,
             items=[{"target": target, "call_to_action": call, "landing_option": landing} for target, call, landing in slides])


categories_and_tags()
people()
show("harbor", [(8, 2022, "2022-04-19"), (6, 2024, None)], slug="harbor-lights", language="ko", genres=["Drama", "Mystery"], cats=["drama", "journeys"],
     tags=["sea", "slow", "heartfelt"], people_=["han", "do", "bae", "seo", "moon/director"], rating="12", year=2022, reel="tide",
     badges=badge("NEW SEASON"), clips=[("c-harbor", "tide")], since="2024-05-03T09:00:00Z")
show("signal", [(6, 2021, "2021-04-05"), (6, 2023, "2023-04-06")], slug="the-patient-signal", language="en", genres=["Science fiction", "Drama"],
     cats=["scifi", "night"], tags=["space", "slow"], people_=["holloway", "vale", "okafor", "shen", "brandt/director"], rating="12", year=2021, reel="orbit",
     clips=[("c-signal", "orbit")])
show("stone", [(6, 2020, "2020-04-05"), (4, 2023, "2023-03-22")], slug="written-in-stone", language="es", genres=["Documentary", "Nature"],
     cats=["docs", "journeys", "family"], tags=["nature", "slow"], people_=["ferran", "quispe", "avelar/director"], rating="ALL", year=2020, reel="strata")
show("line4", [(6, 2024, None)], slug="night-shift-line-4", language="en", genres=["Comedy", "Mystery"], cats=["night", "drama"],
     tags=["city", "witty"], people_=["farrow", "seo", "quispe", "lin/writer"], rating="15", year=2024, reel="neon", badges=badge("NEW"))
movie("m-salt", "the-salt-road", "strata", ["Drama", "Road movie"], ["journeys"], ["heartfelt"], ["farrow", "quispe", "montejo/director"], "12", 2023)
movie("m-paper", "paper-moon-rising", "tide", ["Family", "Music"], ["family", "drama"], ["heartfelt"], ["do", "bae", "moon/director"], "ALL", 2022, "ko",
      cues=[(40.0, "AD", "mid-1", "")])
movie("m-glass", "glasshouse", "drift", ["Thriller"], ["night"], ["slow"], ["brandt", "vale", "farrow/director"], "18", 2023)
movie("m-north", "due-north-of-nowhere", "strata", ["Adventure", "Comedy"], ["journeys", "family"], ["nature", "witty"], ["avelar", "holloway"], "ALL", 2021, files=[720])
movie("m-velvet", "velvet-static", "neon", ["Mystery", "Music"], ["night"], ["city"], ["okafor", "montejo", "lin/director"], "15", 2024, badges=badge("NEW"))
movie("m-tenth", "the-tenth-planet", "orbit", ["Drama", "Science fiction"], ["scifi", "family"], ["space", "heartfelt"], ["avelar", "shen"], "ALL", 2022, "pt")
movie("m-ink", "ink-and-thunder", "lattice", ["History", "Thriller"], ["drama", "night"], ["witty"], ["lin", "shen", "bae"], "15", 2023, "zh-hant")
movie("m-orchard", "the-orchard-keeps-time", "drift", ["Drama", "Fantasy"], ["family", "scifi"], ["nature", "heartfelt"], ["ferran", "brandt", "holloway"], "ALL", 2020, "es")
movie("m-kite", "kite-weather", "strata", ["Family"], ["family", "drama", "journeys"], ["nature"], ["seo", "han", "do/director"], "ALL", 2024, "ko", badge("NEW"))
movie("m-fold", "five-folds", "lattice", ["Drama"], ["scifi", "docs"], ["slow"], ["shen", "okafor/director"], "12", 2021)
for key, reel, cats in [("c-city", "neon", ["shorts", "night", "docs"]), ("c-colour", "drift", ["shorts", "docs"]), ("c-rings", "orbit", ["shorts", "scifi"]), ("c-dawn", "strata", ["shorts", "journeys"])]:
    emit(id=f"demo:{key}", kind="clip", **words(key), categories=ids("cat", cats),
         age_rating="ALL", year=2024, images=images(key, False), publish_start="2024-01-09T09:00:00Z", **playable(reel))
home()


def check():
    seen = set()
    for r in records:
        assert r["id"] not in seen, r["id"]
        items = [i["target"] if isinstance(i, dict) else i for i in r.get("items", [])]
        for ref in [r.get("parent"), r.get("group"), r.get("multichannel"), *items, *r.get("categories", []), *r.get("tags", []), *(c["person"] if isinstance(c, dict) else c for c in r.get("cast", []))]:
            assert ref is None or ref in seen, f"{r['id']}: {ref} comes later or never"
        seen.add(r["id"])
    count = lambda kind: sum(r["kind"] == kind for r in records)
    return ", ".join(f"{count(k)} {k}" for k in ["category", "tag", "person", "series", "season", "episode", "movie", "clip", "row_group", "row", "cover", "channel", "multichannel"])


print(check())
missing = sorted({i["path"] for r in records for m in ("images", "media", "subtitle_files", "logo") for i in ([r[m]] if isinstance(r.get(m), dict) else r.get(m, [])) if not (DEMO / i["path"]).exists()})
if missing:
    print("not made yet:", " ".join(missing))
(DEMO / "catalog.jsonl").write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
