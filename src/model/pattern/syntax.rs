//! The grammar of scope patterns: text to atoms, or the rule that it breaks.
//!
//! The atoms say what git's wildmatch would match, byte by byte; the automata of
//! [`overlap`](crate::model::overlap) are built from them, and a property test keeps the two in
//! agreement. Parsing is one pass without recursion.

use super::{Invalid, MAX_DOUBLE_STARS, MAX_LEN, MAX_STARS};

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Atom {
    /// This byte.
    Byte(u8),
    /// One byte of a set that never holds `/`: `?` and `[...]`.
    Set(ByteSet),
    /// Any bytes but `/`: `*`.
    Star,
    /// Any whole components with their `/`, or none: `**/`.
    Directories,
    /// Whatever is left, at least one byte: a `**` or `/` at the end.
    Rest,
}

impl Atom {
    /// The byte that it always matches, if it is only one.
    pub fn literal(&self) -> Option<u8> {
        match self {
            Atom::Byte(byte) => Some(*byte),
            _ => None,
        }
    }
}

/// A set of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    /// The set of one byte.
    pub const fn of(byte: u8) -> ByteSet {
        ByteSet::range(byte, byte)
    }

    /// The bytes from one to another, both included.
    pub const fn range(from: u8, to: u8) -> ByteSet {
        let mut set = ByteSet([0; 4]);
        let mut byte = from as usize;
        while byte <= to as usize {
            set.0[byte >> 6] |= 1 << (byte & 63);
            byte += 1;
        }
        set
    }

    /// Every byte but `/` and NUL, which no component holds.
    pub const fn component() -> ByteSet {
        ByteSet::range(1, 255).without(b"/")
    }

    /// The members that are not among `bytes`.
    pub const fn without(self, bytes: &[u8]) -> ByteSet {
        let mut set = self;
        let mut at = 0;
        while at < bytes.len() {
            set.0[(bytes[at] >> 6) as usize] &= !(1 << (bytes[at] & 63));
            at += 1;
        }
        set
    }

    /// The smallest member.
    pub fn first(self) -> Option<u8> {
        let word = self.0.iter().position(|word| *word != 0)?;
        Some((word * 64) as u8 + self.0[word].trailing_zeros() as u8)
    }

    /// Whether `byte` is a member.
    pub fn contains(self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] & (1 << (byte & 63)) != 0
    }

    /// The members of both.
    pub fn and(self, other: ByteSet) -> ByteSet {
        let mut both = self;
        for (word, theirs) in both.0.iter_mut().zip(other.0) {
            *word &= theirs;
        }
        both
    }

    fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    fn insert_where(&mut self, test: impl Fn(u8) -> bool) {
        for byte in (0..=u8::MAX).filter(|byte| test(*byte)) {
            self.insert(byte);
        }
    }

    fn complement(self) -> ByteSet {
        ByteSet(self.0.map(|word| !word))
    }
}

/// The atoms of a pattern, or the first rule that it breaks.
pub(super) fn parse(text: &str) -> Result<Vec<Atom>, Invalid> {
    check_whole(text)?;
    check_components(text)?;
    let mut atoms = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        at += step(bytes, at, &mut atoms)?;
    }
    check_stars(&atoms)?;
    if text.ends_with('/') {
        atoms.push(Atom::Rest);
    }
    Ok(atoms)
}

/// The atoms that match the text itself, wildcards not understood, with everything below it where
/// it ends in `/`.
pub(super) fn verbatim(text: &str) -> Vec<Atom> {
    let mut atoms: Vec<Atom> = text.bytes().map(Atom::Byte).collect();
    if text.ends_with('/') {
        atoms.push(Atom::Rest);
    }
    atoms
}

fn check_whole(text: &str) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(Invalid::Empty);
    }
    if text.len() > MAX_LEN {
        return Err(Invalid::TooLong(text.len()));
    }
    if let Some(c) = text.chars().find(|c| c.is_control()) {
        return Err(Invalid::Control(c));
    }
    if text.trim() != text {
        return Err(Invalid::Space);
    }
    match text.as_bytes() {
        [b'/', ..] | [b'~'] | [b'~', b'/', ..] => Err(Invalid::Absolute),
        [drive, b':', ..] if drive.is_ascii_alphabetic() => Err(Invalid::Absolute),
        [b'\\', b'\\', ..] => Err(Invalid::Absolute),
        [b':', ..] => Err(Invalid::Magic),
        [b'!' | b'^', ..] => Err(Invalid::Negated),
        _ => Ok(()),
    }
}

fn check_components(text: &str) -> Result<(), Invalid> {
    let whole = text.strip_suffix('/').unwrap_or(text);
    for component in whole.split('/') {
        match component {
            "" => return Err(Invalid::EmptyComponent),
            "." => return Err(Invalid::Dot),
            ".." => return Err(Invalid::Parent),
            name if name.eq_ignore_ascii_case(".git") => return Err(Invalid::GitDirectory),
            name if name.contains("**") && name != "**" => return Err(Invalid::DoubleStar),
            _ => {}
        }
    }
    Ok(())
}

/// gix's wildmatch gives up on more wildcards, and takes twice as long for every `**`.
fn check_stars(atoms: &[Atom]) -> Result<(), Invalid> {
    let doubles = atoms.iter().filter(|atom| matches!(atom, Atom::Directories | Atom::Rest)).count();
    let singles = atoms.iter().filter(|atom| matches!(atom, Atom::Star)).count();
    if doubles > MAX_DOUBLE_STARS || doubles + singles > MAX_STARS {
        Err(Invalid::TooManyStars)
    } else {
        Ok(())
    }
}

/// Reads one atom at `at` and returns how many bytes it took.
fn step(bytes: &[u8], at: usize, atoms: &mut Vec<Atom>) -> Result<usize, Invalid> {
    match bytes[at] {
        b'*' if bytes.get(at + 1) == Some(&b'*') => {
            // A whole component, so a slash or the end follows.
            let atom = if at + 2 == bytes.len() { Atom::Rest } else { Atom::Directories };
            atoms.push(atom);
            Ok(3.min(bytes.len() - at))
        }
        b'*' => {
            atoms.push(Atom::Star);
            Ok(1)
        }
        b'?' => {
            atoms.push(Atom::Set(ByteSet::component()));
            Ok(1)
        }
        b'[' => {
            let (set, len) = bracket(&bytes[at..])?;
            atoms.push(Atom::Set(set));
            Ok(len)
        }
        b'\\' => match bytes.get(at + 1) {
            Some(escaped @ (b'*' | b'?' | b'[' | b']' | b'{' | b'}' | b'!')) => {
                atoms.push(Atom::Byte(*escaped));
                Ok(2)
            }
            _ => Err(Invalid::Backslash),
        },
        b'{' | b'}' => Err(Invalid::Braces),
        byte => {
            atoms.push(Atom::Byte(byte));
            Ok(1)
        }
    }
}

/// Reads `[...]` as git's wildmatch does: a `]` that comes first is a member, `-` between two
/// members is a range, classes such as `[:alpha:]` stand for their ASCII members.
fn bracket(bytes: &[u8]) -> Result<(ByteSet, usize), Invalid> {
    let mut set = ByteSet::default();
    let mut at = 1;
    let negated = matches!(bytes.get(at), Some(b'!' | b'^'));
    at += usize::from(negated);
    let first = at;
    // The byte that a following `-` would make a range of.
    let mut low: Option<u8> = None;
    loop {
        match *bytes.get(at).ok_or(Invalid::Bracket)? {
            b']' if at > first => break,
            b'[' if bytes.get(at + 1) == Some(&b':') => {
                at += class(&bytes[at + 2..], &mut set)? + 2;
                low = None;
            }
            b'-' if low.is_some() && !matches!(bytes.get(at + 1), None | Some(b']')) => {
                let (high, len) = member(&bytes[at + 1..])?;
                let range = low.take().unwrap_or(high)..=high;
                set.insert_where(|byte| range.contains(&byte));
                at += 1 + len;
            }
            _ => {
                let (byte, len) = member(&bytes[at..])?;
                set.insert(byte);
                low = Some(byte);
                at += len;
            }
        }
    }
    let set = if negated { set.complement() } else { set };
    Ok((set.and(ByteSet::component()), at + 1))
}

/// One member of a bracket, which a backslash may precede.
fn member(bytes: &[u8]) -> Result<(u8, usize), Invalid> {
    match bytes {
        [b'\\', escaped, ..] => Ok((*escaped, 2)),
        [b'\\'] | [] => Err(Invalid::Bracket),
        [byte, ..] => Ok((*byte, 1)),
    }
}

/// The rest of `[:name:]` after its colon; returns how many bytes it took.
fn class(bytes: &[u8], set: &mut ByteSet) -> Result<usize, Invalid> {
    let len = bytes.windows(2).position(|pair| pair == b":]").ok_or(Invalid::Bracket)?;
    let test: fn(&u8) -> bool = match &bytes[..len] {
        b"alnum" => u8::is_ascii_alphanumeric,
        b"alpha" => u8::is_ascii_alphabetic,
        b"blank" => |byte| matches!(byte, b' ' | b'\t'),
        b"cntrl" => u8::is_ascii_control,
        b"digit" => u8::is_ascii_digit,
        b"graph" => u8::is_ascii_graphic,
        b"lower" => u8::is_ascii_lowercase,
        b"print" => |byte| matches!(byte, b' '..=b'~'),
        b"punct" => u8::is_ascii_punctuation,
        b"space" => |byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'),
        b"upper" => u8::is_ascii_uppercase,
        b"xdigit" => u8::is_ascii_hexdigit,
        _ => return Err(Invalid::Bracket),
    };
    set.insert_where(|byte| test(&byte));
    Ok(len + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Invalid) {
        assert_eq!(parse(text), Err(expect), "{text}");
    }

    #[test]
    fn what_misleads_is_refused() {
        check("", Invalid::Empty);
        check(&"x".repeat(MAX_LEN + 1), Invalid::TooLong(MAX_LEN + 1));
        check(&"[".repeat(200_000), Invalid::TooLong(200_000));
        check(&"a*".repeat(400), Invalid::TooManyStars);
        check(&"**/".repeat(9), Invalid::TooManyStars);
        check("/etc/passwd", Invalid::Absolute);
        check("~/x", Invalid::Absolute);
        check("C:/x", Invalid::Absolute);
        check("a/../b", Invalid::Parent);
        check("./a", Invalid::Dot);
        check("a//b", Invalid::EmptyComponent);
        check("a/.GIT/hooks/", Invalid::GitDirectory);
        check("!src/", Invalid::Negated);
        check(":(exclude)src/", Invalid::Magic);
        check(":!src/", Invalid::Magic);
        check("src/{a,b}.rs", Invalid::Braces);
        check("src/[ab", Invalid::Bracket);
        check("src/[[:alhpa:]]", Invalid::Bracket);
        check("src/a**", Invalid::DoubleStar);
        check("src/***/x", Invalid::DoubleStar);
        check(r"src\models", Invalid::Backslash);
        check("src/a\u{1b}[0m", Invalid::Control('\u{1b}'));
        check(" src/", Invalid::Space);
    }

    #[test]
    fn a_bracket_is_read_as_git_does() {
        let members = |text: &str| -> String {
            let (set, len) = bracket(text.as_bytes()).expect("a bracket");
            assert_eq!(len, text.len(), "the whole of {text}");
            (b' '..=b'~').filter(|byte| set.contains(*byte)).map(char::from).collect()
        };
        assert_eq!(members("[abc]"), "abc");
        assert_eq!(members("[]a]"), "]a");
        assert_eq!(members("[a-]"), "-a");
        assert_eq!(members("[a-c-e]"), "-abce");
        assert_eq!(members(r"[\]a]"), "]a");
        assert_eq!(members("[,-0]"), ",-.0", "a slash is never matched");
        assert_eq!(members("[[:digit:]-x]"), "-0123456789x");
        assert!(!members("[!a]").contains(['a', '/']));
    }
}
