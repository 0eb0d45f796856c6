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
        const kept = [await store.set("draft:7:a", { x: 1 }), await store.set("queue:7:b", 2)];
        await store.reload();
        const found = [kept, store.get("draft:7:a"), store.keys("draft:"), localStorage.length];
        await store.drop("draft:7:a");
        await store.reload();
        return [...found, store.get("draft:7:a"), localStorage.length];
    """
    assert run(script) == [[True, True], {"x": 1}, ["draft:7:a"], 2, None, 1]


EVERYTHING = "return JSON.stringify([{ ...localStorage }, { ...sessionStorage }]);"


def test_what_is_kept_is_readable_for_its_account_alone(run: Run) -> None:
    run('await store.set("draft:7:need", { words: "secret" });', "<p></p>")
    kept = run(EVERYTHING)
    assert [word for word in ("secret", "need", "words", ":7:") if word in kept] == []
    assert run('return store.get("draft:7:need");', "<p></p>", user="8") is None
    # It stays for its account, which reads it again.
    assert run('return store.get("draft:7:need");', "<p></p>") == {"words": "secret"}


def test_what_was_changed_or_moved_is_not_read(run: Run) -> None:
    run('await store.set("draft:7:a", 1); await store.set("draft:7:b", 2);', "<p></p>")
    run("""
        const [one, other] = Object.keys(localStorage);
        localStorage.setItem(one, localStorage.getItem(other));
        localStorage.setItem("queue:" + "0".repeat(32), "{");
    """)
    assert run("return store.keys('').length;", "<p></p>") == 1


def test_a_draft_of_another_account_goes_when_it_is_old(run: Run) -> None:
    run('await store.set("draft:7:a", 1); await store.set("queue:7:b", 2);', "<p></p>")
    run("""
        for (const place of Object.keys(localStorage)) {
          const entry = JSON.parse(localStorage.getItem(place));
          localStorage.setItem(place, JSON.stringify({ ...entry, at: Date.now() - 15 * 86400e3 }));
        }
    """)
    run("", "<p></p>", user="8")
    # What was not sent yet stays.
    assert run("return store.keys('');", "<p></p>") == ["queue:7:b"]


def test_what_an_earlier_release_kept_readable_is_closed_or_goes(run: Run) -> None:
    run(
        """
        localStorage.setItem("draft:7:mine", JSON.stringify({ at: Date.now(), words: "secret" }));
        localStorage.setItem("draft:8:other", JSON.stringify({ at: Date.now(), words: "secret" }));
        localStorage.setItem("queue:7:k", JSON.stringify({ words: "secret" }));
    """,
        "<p></p>",
    )
    assert run("return store.keys('').sort();", "<p></p>") == ["draft:7:mine", "queue:7:k"]
    assert "secret" not in run(EVERYTHING)


def test_without_a_key_or_a_cipher_nothing_is_kept(run: Run) -> None:
    assert run('return [await store.set("draft:guest:a", 1), store.get("draft:guest:a")];', "<p></p>", user="") == [
        False,
        None,
    ]
    assert run("return localStorage.length;") == 0


def test_a_store_that_is_full_keeps_nothing(run: Run) -> None:
    script = """
        Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
        return store.set("draft:7:a", 1);
    """
    assert run(script) is False


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
