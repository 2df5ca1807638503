//! The remote that runs travel by.

use super::Repository;

impl Repository {
    /// The remote that plans, journals and branches are pushed to and fetched from: what the
    /// configuration names for pushes, else `origin`, else the only one; `None` if there is none.
    pub fn run_remote(&self) -> Option<String> {
        let config = self.gix.config_snapshot();
        // A section may only set an option of a remote that this repository does not have.
        let has_url = |name: &String| config.string(format!("remote.{name}.url").as_str()).is_some();
        let names = self.gix.remote_names();
        let known: Vec<String> = names.iter().map(ToString::to_string).filter(has_url).collect();
        let named = self.config("remote.pushDefault");
        let only = if let [only] = &known[..] { Some(only.clone()) } else { None };
        [named, Some("origin".to_owned()), only].into_iter().flatten().find(|name| known.contains(name))
    }
}
