"""What a person writes about his data, what the office answers, and the text of a notice."""

from typing import ClassVar

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privacy.models import PersonalRequest


class AskForm(forms.Form):
    """What is wrong, objected to, or to be erased, in the person's own words."""

    SAID_AT: ClassVar[dict[str, str]] = {"text_missing": "text", "asked_before": "text"}
    HINTS: ClassVar[dict[str, object]] = {
        PersonalRequest.Kind.CORRECT: _("What is wrong, and what is right."),
        PersonalRequest.Kind.OBJECT: _("Which use you object to, and why."),
        PersonalRequest.Kind.ERASE: _("A word why helps the office; you need not give a reason."),
    }

    text = forms.CharField(label=_("What it is about"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args: object, kind: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["text"].help_text = str(self.HINTS[kind])
        if kind == PersonalRequest.Kind.ERASE and not self.is_bound:
            self.initial["text"] = _("Please erase my data.")


class AnswerForm(forms.Form):
    SAID_AT: ClassVar[dict[str, str]] = {"answer_missing": "answer"}

    answer = forms.CharField(
        label=pgettext_lazy("personal data", "Answer"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The person reads it. Where something must stay or is refused: which law demands it."),
    )


class ProposalForm(AnswerForm):
    """The answer to a wish to be erased, which is also the reason of the proposal."""

    SAID_AT: ClassVar[dict[str, str]] = {"answer_missing": "answer", "reason_missing": "answer"}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["answer"].validators.append(MaxLengthValidator(300))
        self.fields["answer"].widget.attrs["maxlength"] = 300


class NoticeForm(forms.Form):
    """A new version of a notice."""

    SAID_AT: ClassVar[dict[str, str]] = {"unchanged": "text_zh"}

    text_zh = forms.CharField(
        label=_("Text in Chinese"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=_("A line that begins with ## is a heading, one that begins with - an entry of a list."),
    )
    text_en = forms.CharField(
        label=_("Text in English"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 10})
    )
    changes = forms.CharField(
        label=_("What changed"),
        max_length=300,
        help_text=_("People read it above the notice when they are asked again."),
    )
