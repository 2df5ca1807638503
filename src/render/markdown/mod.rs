//! For people in a document, an issue or a prompt.

pub mod brief;
pub mod check;
pub mod cleanup;
pub mod conflicts;
pub mod doctor;
pub mod integrate;
pub mod own_status;
pub mod plan;
pub mod status;
pub mod verify;

/// A fence that no line of the text can close: longer than any run of backticks in it.
pub fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_fence_is_longer_than_what_is_in_it() {
        assert_eq!(super::fence("plain"), "```");
        assert_eq!(super::fence("a `code` span"), "```");
        assert_eq!(super::fence("```bash\ncd x\n```"), "````");
        assert_eq!(super::fence("x ````` y"), "``````");
    }
}
