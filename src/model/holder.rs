//! Who is at work where only one may be.

use std::fmt;

use chrono::DateTime;

/// A process of ours that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Its id.
    pub process: u32,
    /// When it began, in seconds since the epoch.
    pub since: i64,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {}", self.process)?;
        let since = DateTime::from_timestamp(self.since, 0);
        since.map_or(Ok(()), |since| write!(f, ", since {}", since.format("%Y-%m-%d %H:%M:%S UTC")))
    }
}
