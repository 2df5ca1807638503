//! What became of the hook that judges pushes.

use crate::ops::server::{Installed, Outcome, Removed};
use crate::render::escape;

/// A line or two.
pub fn report(outcome: &Outcome) -> String {
    let shown = |path: &std::path::Path| escape::terminal(path.display().to_string());
    match outcome {
        Outcome::Installed(Installed { path, same, kept }) => {
            let what =
                if *same { "every push is judged already" } else { "every push is judged from now on" };
            let first =
                kept.as_ref().map(|kept| format!("runs first: {}\n", shown(kept))).unwrap_or_default();
            format!("{what}: {}\n{first}", shown(path))
        }
        Outcome::Removed(Removed::Gone) => "pushes are not judged any more\n".to_owned(),
        Outcome::Removed(Removed::Restored(path)) => {
            format!("pushes are not judged any more; the hook from before is back: {}\n", shown(path))
        }
        Outcome::Removed(Removed::Nothing) => "pushes were not judged here\n".to_owned(),
    }
}
