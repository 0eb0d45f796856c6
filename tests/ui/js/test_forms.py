"""static/js/fields.js, crossing.js, sending.js and helpers.js."""

import pytest

from tests.ui.js.conftest import Run

pytestmark = pytest.mark.browser

FORM = """<main><form method="post" id="f"><input name="title" value="t"><input type="password" name="secret" value="s">
<input type="checkbox" name="kinds" value="a" checked><input type="checkbox" name="kinds" value="b">
<select name="many" multiple><option value="1" selected>1<option value="2">2</select>
<input name="twice" value="x"><input name="twice" value="y"><details><input name="deep"></details>
<div data-no-keep><input name="unkept" value="u"></div><button name="go" value="1">go</button></form></main>"""
DATA = {"title": ["t"], "kinds": ["a"], "many": ["1"], "twice": ["x", "y"], "deep": [""]}


def test_what_is_typed_leaves_secrets_and_buttons_out(run: Run) -> None:
    assert run('const { typed } = await use("fields"); return typed(document.forms[0]);', FORM) == DATA


def test_filling_gives_every_field_its_value_and_opens_the_fold(run: Run) -> None:
    new = {"title": ["n"], "kinds": ["b"], "many": ["2"], "twice": ["1", "2"], "deep": ["d"]}
    script = f"""
        const {{ fill, typed }} = await use("fields");
        fill(document.forms[0], {new});
        return [typed(document.forms[0]), document.querySelector("details").open];
    """
    assert run(script, FORM) == [new, True]


@pytest.mark.parametrize(("before", "after"), [("", "word"), ("old ", "old word")])
def test_a_word_is_added_to_a_text_area(run: Run, before: str, after: str) -> None:
    body = f'<form><textarea name="why">{before}</textarea><button data-put="why" value="word">w</button></form>'
    script = """
        const { put } = await use("fields");
        put(document.querySelector("button"));
        return document.querySelector("textarea").value;
    """
    assert run(script, body) == after


def test_what_was_typed_crosses_to_the_same_page_once(run: Run) -> None:
    keep = 'const { keepTyped } = await use("crossing"); document.forms[0].elements.title.value = "new"; keepTyped();'
    restore = """
        const { restoreTyped } = await use("crossing");
        restoreTyped();
        return document.forms[0].elements.title.value;
    """
    run(keep, FORM)
    assert [run(restore, FORM), run(restore, FORM)] == ["new", "t"]


def test_the_second_press_sends_nothing_until_released(run: Run) -> None:
    script = """
        const { holdSecond, release } = await use("sending");
        const form = document.forms[0];
        const press = () => {
          const event = new SubmitEvent("submit", { cancelable: true, submitter: form.elements.go });
          Object.defineProperty(event, "target", { value: form });
          holdSecond(event);
          return [event.defaultPrevented, form.elements.go.classList.contains("busy")];
        };
        const seen = [press(), press()];
        release(form);
        return [...seen, form.elements.go.classList.contains("busy"), press()];
    """
    assert run(script, FORM) == [[False, True], [True, True], False, [False, True]]


def test_the_counter_counts_characters_and_says_too_many(run: Run) -> None:
    body = '<textarea id="a" data-count="3" aria-describedby="hint">一二</textarea>'
    script = """
        const { counter } = await use("helpers");
        const field = document.getElementById("a");
        counter(field);
        const line = document.getElementById("a_count");
        const first = line.textContent;
        field.value = "一二三𠮷五";
        field.dispatchEvent(new Event("input"));
        return [first, line.textContent, line.className, field.getAttribute("aria-describedby")];
    """
    words = '{"left": "left %s", "over": "over %s"}'
    assert run(script, body, words) == ["left 1", "over 2", "counter over", "hint a_count"]


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [("2026-03-05", "2026-03-06", "2 days"), ("2026-03-06", "2026-03-05", "no range"), ("", "2026-03-05", "")],
)
def test_the_days_of_a_range_count_both_ends(run: Run, start: str, end: str, said: str) -> None:
    body = f"""<form><input type="date" name="a" value="{start}"><input type="date" name="b" value="{end}">
        <output data-days="a, b"></output></form>"""
    script = """
        const { dayCount } = await use("helpers");
        const output = document.querySelector("output");
        dayCount(output);
        return output.textContent;
    """
    assert run(script, body, '{"days": "%s days", "badrange": "no range"}') == said


def test_choosing_all_rows_counts_them_and_frees_the_button(run: Run) -> None:
    body = """<form data-select><table><thead><tr><th><input type="checkbox" data-select-all></th></tr></thead><tbody>
        <tr><td><input type="checkbox"></td></tr><tr><td><input type="checkbox"></td></tr></tbody></table>
        <output data-select-count></output><button data-select-needs>go</button></form>"""
    script = """
        const { selectable } = await use("helpers");
        const [form] = document.forms;
        const all = form.querySelector("[data-select-all]");
        const seen = () => [form.querySelector("output").textContent, form.querySelector("button").disabled,
          all.checked, all.indeterminate, form.querySelectorAll("tr.chosen").length];
        selectable(form);
        const states = [seen()];
        all.click();
        states.push(seen());
        form.querySelector("tbody input").click();
        return [...states, seen()];
    """
    assert run(script, body, '{"chosen": "%s"}') == [
        ["0", True, False, False, 0],
        ["2", False, True, False, 2],
        ["1", False, False, True, 1],
    ]
