//! Who may do what to this repository, as its own configuration says.
//!
//! Only what files say counts: the command line and the environment are the pusher's, where a push
//! comes by a transport that hands them on.

use gix::config::Source;

use super::Repository;

/// The key that names who may change plans; as many values as there are such people.
pub const PLAN_WRITER: &str = "orchestrate.planWriter";

/// The key that names the variable in which the transport says who pushes.
pub const PUSHER_VARIABLE: &str = "orchestrate.pusherVariable";

impl Repository {
    /// The values of `key` that stand in files, from the most general to the most specific.
    pub fn config_in_files(&self, key: &str) -> Vec<String> {
        let snapshot = self.gix.config_snapshot();
        let is_file =
            |source| !matches!(source, Source::Env | Source::Cli | Source::Api | Source::EnvOverride);
        let values = snapshot.plumbing().raw_values_filter(key, |meta| is_file(meta.source));
        values.unwrap_or_default().iter().map(ToString::to_string).collect()
    }
}
