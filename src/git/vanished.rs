//! Reading again what moved while it was looked for.
//!
//! `git gc` puts a loose object into a pack and then deletes the file. Who has found the file and
//! comes to open it a moment later finds nothing, though the object was there all the time. So an
//! object counts as missing only after it was looked for again. It also takes away directories that
//! it has emptied, one that a new object was about to go into as well, and then writing fails.

use std::fmt::Display;
use std::time::Duration;

/// How long to wait before each further look: git is soon done with one object or directory.
const PAUSES: [Duration; 3] = [Duration::ZERO, Duration::from_millis(1), Duration::from_millis(5)];

/// What is said of an object, and of a file or directory, that is not there.
const GONE: [&str; 2] = ["could not be found", "No such file or directory"];

/// Reads or writes an object; again if something is said to be missing.
pub(in crate::git) fn again<T, E: Display>(mut act: impl FnMut() -> Result<T, E>) -> Result<T, E> {
    for pause in PAUSES {
        match act() {
            Err(error) if GONE.iter().any(|words| format!("{error:#}").contains(words)) => {
                std::thread::sleep(pause);
            }
            answer => return answer,
        }
    }
    act()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_is_looked_for_again() {
        let check = |answers: &[Result<u8, &'static str>], expect, reads| {
            let mut left = answers.iter().copied();
            let mut count = 0;
            let found = again(|| {
                count += 1;
                left.next().expect("no more reads than answers")
            });
            assert_eq!((found, count), (expect, reads), "{answers:?}");
        };
        let missing = Err("object 1 could not be found");
        check(&[Ok(1)], Ok(1), 1);
        check(&[missing, Ok(1)], Ok(1), 2);
        check(&[Err("failed to persist: No such file or directory (os error 2)"), Ok(1)], Ok(1), 2);
        check(&[missing; 4], missing, 4);
        check(&[Err("damaged"), Ok(1)], Err("damaged"), 1);
    }
}
