//! The design system: components, hooks and page frames. Knows no housing word and no server.
//!
//! Page authors write `use ui::prelude::*;`. Everything works before hydration where it can:
//! real forms and links, `<details>`, `<dialog>`, `popover`.

pub mod areas;
pub mod badge;
pub mod button;
pub mod card;
pub mod combobox;
pub mod date;
pub mod dialog;
pub mod dom;
pub mod feedback;
pub mod field;
pub mod filedrop;
pub mod gallery;
pub mod hooks;
pub mod icon;
pub mod input;
pub mod list;
pub mod menu;
pub mod pager;
pub mod palette;
pub mod phone;
pub mod prefs;
pub mod shell;
pub mod signature;
pub mod stars;
pub mod table;
pub mod tabs;
pub mod texts;
pub mod timeline;
pub mod toast;
pub mod tone;
pub mod viewer;

/// Everything a page needs.
pub mod prelude {
    pub use crate::areas::*;
    pub use crate::badge::*;
    pub use crate::button::*;
    pub use crate::card::*;
    pub use crate::combobox::*;
    pub use crate::date::*;
    pub use crate::dialog::*;
    pub use crate::feedback::*;
    pub use crate::field::*;
    pub use crate::filedrop::*;
    pub use crate::hooks::*;
    pub use crate::icon::*;
    pub use crate::input::*;
    pub use crate::list::*;
    pub use crate::menu::*;
    pub use crate::pager::*;
    pub use crate::palette::*;
    pub use crate::phone::*;
    pub use crate::prefs::*;
    pub use crate::shell::*;
    pub use crate::signature::*;
    pub use crate::stars::*;
    pub use crate::table::*;
    pub use crate::tabs::*;
    pub use crate::timeline::*;
    pub use crate::toast::*;
    pub use crate::tone::*;
    pub use crate::viewer::*;
}
