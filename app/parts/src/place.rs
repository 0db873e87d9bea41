//! Links to telephone and map.

use leptos_router::location::Url;

/// A map at a point when it is known, otherwise a search for the address. Opens the map app of a phone.
pub fn map_href(point: Option<(f64, f64)>, address: &str) -> String {
    format!("https://www.google.com/maps/search/?api=1&query={}", target(point, address))
}

/// The way there from where the phone is.
pub fn route_href(point: Option<(f64, f64)>, address: &str) -> String {
    format!("https://www.google.com/maps/dir/?api=1&destination={}", target(point, address))
}

fn target(point: Option<(f64, f64)>, address: &str) -> String {
    point.map_or_else(|| Url::escape(address), |(latitude, longitude)| format!("{latitude},{longitude}"))
}

/// Dials a number.
pub fn tel_href(phone: &model::Phone) -> String {
    format!("tel:{phone}")
}
