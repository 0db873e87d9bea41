//! The words of the product: ids, money, phones, permissions, commands with their validation, views and error codes.
//! Compiles to WASM, so nothing here reaches a database, a clock or a socket.

pub mod access;
pub mod assignment;
pub mod audit;
pub mod auth;
pub mod billing;
pub mod bulk;
pub mod classifier;
pub mod deadlines;
pub mod error;
pub mod events;
pub mod exports;
pub mod fold;
pub mod ids;
pub mod imports;
pub mod lang;
pub mod money;
pub mod names;
pub mod notices;
pub mod outages;
pub mod page;
pub mod payments;
pub mod people;
pub mod phone;
pub mod plans;
pub mod privacy;
pub mod property;
pub mod requests;
pub mod roles;
pub mod rounds;
pub mod search;
pub mod settings;
pub mod shifts;
pub mod staff;
pub mod tasks;
pub mod validate;
pub mod work;

pub use error::{Code, Failure, FieldError};
pub use ids::*;
pub use lang::Lang;
pub use money::Money;
pub use page::{Cursor, KeyCursor, Page};
pub use phone::Phone;
pub use roles::{Permission, Role};
