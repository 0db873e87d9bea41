//! The few words the design system says itself. Everything else comes as a prop.

use i18n::{td_string, use_locale};
use leptos::prelude::*;

macro_rules! texts {
    ($($name:ident),* $(,)?) => {
        $(
            #[doc = concat!("The text `ui.", stringify!($name), "` in the person's language.")]
            pub fn $name() -> Signal<String> {
                Signal::stored(td_string!(use_locale(), ui.$name).to_owned())
            }
        )*
    };
}

texts!(
    close,
    cancel,
    search,
    nothing_found,
    load_more,
    next,
    previous,
    back,
    drop_files,
    choose_file,
    take_photo,
    clear,
    remove,
    live_on,
    live_polling,
    live_off,
    retry,
    palette_placeholder,
    palette_open,
    palette_move,
    palette_title,
    shortcuts_title,
    theme,
    theme_light,
    theme_dark,
    theme_system,
    language,
    menu,
    more,
    fold,
    loading,
    select_all,
    select_row,
    undo,
    from,
    to,
    optional,
    show_password,
    hide_password,
    skip,
    notices,
    offline,
    update_ready,
    update_now,
    selected,
    photo,
    stars,
    code,
    type_to_confirm,
    pages
);
