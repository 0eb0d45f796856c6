"""static/js/words.js, store.js, notices.js and theme.js."""

import pytest

from tests.ui.js.conftest import Run

pytestmark = pytest.mark.browser


def test_words_are_those_of_the_page_and_take_values(run: Run) -> None:
    words = '{"left": "还可输入 %s 字"}'
    said = run('const { say } = await use("words"); return [say("left", 5), say("absent")];', "<p></p>", words)
    assert said == ["还可输入 5 字", "absent"]


def test_the_store_keeps_lists_and_drops(run: Run) -> None:
    script = """
        const { store } = await use("store");
        const kept = store.set("a:1", { x: 1 });
        store.set("b:1", 2);
        const found = [kept, store.get("a:1"), store.keys("a:")];
        store.drop("a:1");
        return [...found, store.get("a:1")];
    """
    assert run(script) == [True, {"x": 1}, ["a:1"], None]


def test_a_store_that_is_broken_or_full_keeps_nothing(run: Run) -> None:
    script = """
        const { store } = await use("store");
        localStorage.setItem("broken", "{");
        Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
        return [store.get("broken"), store.set("a", 1)];
    """
    assert run(script) == [None, False]


def test_keys_are_of_one_user(run: Run) -> None:
    script = """
        const { draftKey, queueKey } = await use("store");
        const keys = [draftKey("need"), queueKey("k"), queueKey()];
        document.body.dataset.user = "";
        return [...keys, draftKey("need")];
    """
    assert run(script) == ["draft:7:need", "queue:7:k", "queue:7:", "draft:guest:need"]


def test_a_notice_of_something_wrong_alerts(run: Run) -> None:
    script = """
        const { notice } = await use("notices");
        return ["bad", "wait", "good"].map((tone) => notice("a", tone).getAttribute("role"));
    """
    assert run(script) == ["alert", "alert", "status"]
    assert run('return document.querySelectorAll("#messages > .notice").length') == 3


def test_a_second_toast_takes_the_place_of_the_first(run: Run) -> None:
    script = 'const { toast } = await use("notices"); toast("a"); toast("b");'
    run(script)
    assert run('return [...document.querySelectorAll(".toast")].map((box) => box.textContent)') == ["b"]


def test_the_theme_switches_from_what_the_system_prefers_and_back(run: Run) -> None:
    script = """
        const { switchTheme } = await use("theme");
        let told = 0;
        document.addEventListener("theme:changed", () => { told += 1; });
        const seen = [];
        for (let i = 0; i < 2; i += 1) {
          switchTheme();
          seen.push(document.documentElement.dataset.theme, document.cookie);
        }
        return [...seen, told];
    """
    assert run(script) == ["dark", "theme=dark", "light", "theme=light", 2]
