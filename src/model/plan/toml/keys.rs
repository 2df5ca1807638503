//! Every key that a plan may have, table by table. The JSON schema is tested against this list.

/// One table of a plan, and the keys that it may have.
#[derive(Debug)]
pub struct Keys {
    /// As findings name it.
    pub table: &'static str,
    /// In the order in which plans are written.
    pub known: &'static [&'static str],
}

/// The top of the file.
pub(super) const PLAN: Keys = Keys {
    table: "the plan",
    known: &[
        "run",
        "title",
        "base",
        "layout",
        "branch",
        "worktree",
        "integration",
        "dependencies",
        "protocol",
        "setup",
        "worker",
        "integrate",
        "task",
    ],
};

/// `[protocol]`.
pub(super) const PROTOCOL: Keys = Keys { table: "[protocol]", known: &["body", "evidence", "guard", "push"] };

/// `[setup]`.
pub(super) const SETUP: Keys = Keys { table: "[setup]", known: &["copy", "port", "run", "sparse"] };

/// `port` of `[setup]`.
pub(super) const PORT: Keys = Keys { table: "`port` of [setup]", known: &["file", "variable"] };

/// `[worker]`.
pub(super) const WORKER: Keys = Keys { table: "[worker]", known: &["command", "timeout"] };

/// `[integrate]`.
pub(super) const INTEGRATE: Keys = Keys { table: "[integrate]", known: &["generated"] };

/// A file that is made anew.
pub(super) const GENERATED: Keys = Keys { table: "an entry of `generated`", known: &["path", "run"] };

/// `[[task]]`.
pub(super) const TASK: Keys = Keys {
    table: "[[task]]",
    known: &["name", "number", "title", "scope", "steps", "checkpoints", "needs", "provides", "remarks"],
};

/// A scope entry that is a table.
pub(super) const ENTRY: Keys =
    Keys { table: "a scope entry", known: &["path", "access", "lines", "why", "shared", "submodule"] };

/// A need that is a table.
pub(super) const NEED: Keys =
    Keys { table: "a need", known: &["item", "task", "text", "purpose", "until_then", "contract"] };

/// All of them.
pub const TABLES: [&Keys; 10] =
    [&PLAN, &PROTOCOL, &SETUP, &PORT, &WORKER, &INTEGRATE, &GENERATED, &TASK, &ENTRY, &NEED];

/// The known key that was probably meant.
pub(super) fn nearest(known: &'static [&'static str], key: &str) -> Option<&'static str> {
    let key = key.to_ascii_lowercase();
    known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(known, &key), *known))
        .min()
        .filter(|(distance, known)| *distance <= known.len().max(key.len()) / 3 + 1)
        .map(|(_, known)| known)
}
