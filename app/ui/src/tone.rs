//! Meaning as colour. A tone is never the only carrier: components put an icon or a word beside it.

/// The meaning of a pill, banner, dot or number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tone {
    /// No judgement.
    #[default]
    Neutral,
    /// Worth knowing.
    Info,
    /// Good or finished.
    Success,
    /// Needs care soon.
    Warning,
    /// Wrong or late.
    Danger,
    /// Ours, selected.
    Brand,
}

impl Tone {
    /// The CSS class that sets `--tone`.
    pub fn class(self) -> &'static str {
        match self {
            Self::Neutral => "tone-neutral",
            Self::Info => "tone-info",
            Self::Success => "tone-success",
            Self::Warning => "tone-warning",
            Self::Danger => "tone-danger",
            Self::Brand => "tone-brand",
        }
    }

    /// The icon used when the author names none.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Neutral => "circle",
            Self::Info => "info",
            Self::Success => "circle-check",
            Self::Warning => "alert-triangle",
            Self::Danger => "circle-alert",
            Self::Brand => "circle-dot",
        }
    }
}
