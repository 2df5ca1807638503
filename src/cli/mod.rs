//! The edge: arguments in, streams and exit code out. The only room that prints.
//!
//! Each verb has one file here with its arguments and the few lines that call the verb in `ops`,
//! hand its outcome to `render` and choose the exit code.

pub mod consent;
pub mod exit;
pub mod format;
pub mod log;
pub mod orchestrate;
pub mod pages;
pub mod preview;
pub mod session;
pub mod worker;
