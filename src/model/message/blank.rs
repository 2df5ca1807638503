//! White space as git has it where it cleans messages and looks for a subject.
//!
//! Git knows four bytes: space, tab, line feed and carriage return. A line with a no-break space or
//! a vertical tab is not blank to it, so it must not be to us, or another line would be judged than
//! the one that git shows.

/// Whether git takes a line for an empty one.
pub fn is_blank(line: &[u8]) -> bool {
    line.iter().all(is_space)
}

/// A line without what git drops at its end.
pub fn trim_end(line: &[u8]) -> &[u8] {
    let kept = line.iter().rposition(|byte| !is_space(byte)).map_or(0, |last| last + 1);
    &line[..kept]
}

fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
