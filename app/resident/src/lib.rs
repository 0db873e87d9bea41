//! The residents' app: home, requests, a new request. Made for one hand, a small phone and a slow line.

mod bills;
mod documents;
mod frame;
mod home;
mod homes;
mod news;
mod outages;
mod pay;
mod requests;

pub use bills::BillsPage;
pub use documents::DocumentsPage;
pub use frame::Frame;
pub use home::HomePage;
pub use homes::HomesPage;
pub use news::{NewsPage, OneNewsPage};
pub use pay::PayPage;
pub use requests::{NewPage, RequestPage, RequestsPage};
