//! The tabs of the list, whose requests it shows and how they are laid out: words of its address.

use model::{UserId, requests::Status};

/// A tab of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Everything that waits for work.
    Open,
    Only(Status),
    /// Closed, cancelled and rejected.
    Ended,
    All,
}

impl View {
    pub(super) fn read(text: &str) -> Option<Self> {
        match text {
            "open" => Some(Self::Open),
            "ended" => Some(Self::Ended),
            "all" => Some(Self::All),
            status => status.parse().ok().map(Self::Only),
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Ended => "ended",
            Self::All => "all",
            Self::Only(status) => status.as_str(),
        }
    }

    pub(super) fn statuses(self) -> Vec<Status> {
        match self {
            Self::Open => Status::ALL.iter().copied().filter(|s| s.is_open()).collect(),
            Self::Ended => vec![Status::Closed, Status::Cancelled, Status::Rejected],
            Self::Only(status) => vec![status],
            Self::All => Vec::new(),
        }
    }
}

/// Whose requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Assignee {
    #[default]
    Anyone,
    Me,
    Nobody,
    User(UserId),
}

/// How the rows are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    #[default]
    List,
    /// The same rows under headings.
    House,
    Assignee,
    Status,
    /// Columns of cards by status.
    Board,
}

impl Show {
    pub const ALL: [Self; 5] = [Self::List, Self::House, Self::Assignee, Self::Status, Self::Board];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::House => "house",
            Self::Assignee => "assignee",
            Self::Status => "status",
            Self::Board => "board",
        }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|show| show.as_str() == text)
    }
}
