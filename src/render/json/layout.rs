//! The line breaks and the indentation of a document.
//!
//! As serde_json lays out what people may read, but each line begins with one write instead of one for
//! each level: most of a document with many small fields is indentation.

use std::io::{self, Write};

use serde_json::ser::Formatter;

/// A comma, a line break, and the indentation of twelve levels, which is more than a document has.
const SPACE: &[u8; 26] = b",\n                        ";

/// Where in a document it is written.
#[derive(Debug, Default)]
pub struct Layout {
    /// How many lists and objects are open.
    depth: usize,
    /// The innermost one has something in it.
    has_value: bool,
}

impl Layout {
    fn open(&mut self, out: &mut (impl Write + ?Sized), bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.has_value = false;
        out.write_all(bracket)
    }

    fn close(&mut self, out: &mut (impl Write + ?Sized), bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if self.has_value {
            self.begin_line(out, true)?;
        }
        self.has_value = true;
        out.write_all(bracket)
    }

    /// Begins a line; what is not the first of its list has a comma before it.
    fn begin_line(&mut self, out: &mut (impl Write + ?Sized), is_first: bool) -> io::Result<()> {
        let end = 2 + 2 * self.depth;
        out.write_all(&SPACE[usize::from(is_first)..end.min(SPACE.len())])?;
        (SPACE.len()..end).try_for_each(|_| out.write_all(b" "))
    }
}

impl Formatter for Layout {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.begin_line(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.begin_line(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::{Serializer, Value, json};

    use super::*;

    #[track_caller]
    fn check(value: &Value) {
        let mut written = Vec::new();
        value.serialize(&mut Serializer::with_formatter(&mut written, Layout::default())).expect("no error");
        let expect = serde_json::to_string_pretty(value).expect("no error");
        assert_eq!(String::from_utf8_lossy(&written), expect, "the layout is that of serde_json");
    }

    #[test]
    fn it_is_that_of_serde_json() {
        check(&json!(null));
        check(&json!([]));
        check(&json!({}));
        check(&json!([[], {}, [1, [2]], "a\n", { "b": [], "c": {}, "d": [{}, { "e": null }] }]));
        let nest = |value: Value, level: usize| {
            if level.is_multiple_of(2) { json!([value, 1]) } else { json!({ "a": value }) }
        };
        check(&(0..30).fold(json!("deep"), nest));
    }
}
