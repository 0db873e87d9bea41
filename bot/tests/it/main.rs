//! The bot against a Bot API server in another process, a real database and the real job worker.

mod dialogue;
mod support;
mod trouble;
