//! The whole product behind a real socket: who may do what through which door, and how the doors behave.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod access;
mod app;
mod away;
mod bot;
mod calls;
mod calls_access;
mod calls_billing;
mod calls_debts;
mod calls_duties;
mod calls_imports;
mod calls_news;
mod calls_notices;
mod calls_operations;
mod calls_outages;
mod calls_payments;
mod calls_people;
mod calls_property;
mod calls_push;
mod calls_search;
mod calls_staff;
mod calls_together;
mod calls_work;
mod carrier;
mod cast;
mod crash;
mod edits;
mod forms;
mod hearing;
mod http;
mod leaks;
mod limits;
mod live;
mod metrics;
mod origin;
mod payment_checker;
mod photos;
mod product;
mod receipts;
mod sessions;
mod several;
mod simulators;
mod sms_reports;
mod socket;
mod webhooks;
