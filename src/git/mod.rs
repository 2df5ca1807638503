//! The repository: the only room that knows gix, and the few calls that need the git program.
