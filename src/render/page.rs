//! A page of headings, sentences, lists and tables, for a terminal, a document or a browser.

use crate::render::escape;
use crate::render::markdown::fence;
use crate::render::text::colour::{Colour, Hue};
use crate::render::text::table::Table;
use crate::render::words::phrase::Phrase;

/// One part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// What the whole is called.
    Title(Phrase),
    /// What the blocks until the next one are about.
    Heading(&'static str),
    /// Sentences, one a line.
    Lines(Vec<Phrase>),
    /// Items in no order.
    List(Vec<Phrase>),
    /// Rows below headings, of which each has a cell.
    Table(Vec<&'static str>, Vec<Vec<Phrase>>),
    /// Lines to copy, in this language.
    Code(&'static str, String),
}

/// For a terminal.
pub fn text(blocks: &[Block], colour: Colour) -> String {
    let lines = |phrases: &[Phrase], bullet: &str| -> String {
        phrases.iter().map(|phrase| format!("{bullet}{}\n", phrase.to_text())).collect()
    };
    let block = |block: &Block| match block {
        Block::Title(title) => format!("{}\n", colour.paint(Hue::Strong, &title.to_text())),
        Block::Heading(heading) => format!("{}\n", colour.paint(Hue::Strong, heading)),
        Block::Lines(phrases) => lines(phrases, ""),
        Block::List(phrases) => lines(phrases, "- "),
        Block::Table(headings, rows) => {
            let mut table = Table::new(headings);
            rows.iter().for_each(|row| table.row(row.iter().map(Phrase::to_text).collect()));
            table.show(colour)
        }
        Block::Code(_, code) => code.lines().map(|line| format!("  {}\n", escape::terminal(line))).collect(),
    };
    joined(blocks, &block)
}

/// For a document.
pub fn markdown(blocks: &[Block]) -> String {
    let block = |block: &Block| match block {
        Block::Title(title) => format!("## {}\n", title.to_markdown()),
        Block::Heading(heading) => format!("### {heading}\n"),
        Block::Lines(phrases) => {
            let lines: Vec<String> = phrases.iter().map(Phrase::to_markdown).collect();
            lines.join("  \n") + "\n"
        }
        Block::List(phrases) => {
            phrases.iter().map(|phrase| format!("- {}\n", phrase.to_markdown())).collect()
        }
        Block::Table(headings, rows) => {
            let rule: Vec<&str> = headings.iter().map(|_| "---").collect();
            let row = |row: &Vec<Phrase>| {
                format!("| {} |\n", row.iter().map(Phrase::to_markdown).collect::<Vec<_>>().join(" | "))
            };
            let rows: String = rows.iter().map(row).collect();
            format!("| {} |\n| {} |\n{rows}", headings.join(" | "), rule.join(" | "))
        }
        Block::Code(language, code) => {
            let fence = fence(code);
            format!("{fence}{language}\n{code}{fence}\n")
        }
    };
    joined(blocks, &block)
}

/// For a browser: a document of its own that loads nothing.
pub fn html(title: &str, blocks: &[Block]) -> String {
    let items = |phrases: &[Phrase], tag: &str| -> String {
        phrases.iter().map(|phrase| format!("<{tag}>{}</{tag}>\n", phrase.to_html())).collect()
    };
    let block = |block: &Block| match block {
        Block::Title(title) => format!("<h1>{}</h1>\n", title.to_html()),
        Block::Heading(heading) => format!("<h2>{}</h2>\n", escape::html(heading)),
        Block::Lines(phrases) => items(phrases, "p"),
        Block::List(phrases) => format!("<ul>\n{}</ul>\n", items(phrases, "li")),
        Block::Table(headings, rows) => {
            let cells = |tag: &str, cells: Vec<String>| -> String {
                let cells: String = cells.iter().map(|cell| format!("<{tag}>{cell}</{tag}>")).collect();
                format!("<tr>{cells}</tr>\n")
            };
            let head = cells("th", headings.iter().map(escape::html).collect());
            let row = |row: &Vec<Phrase>| cells("td", row.iter().map(Phrase::to_html).collect());
            format!("<table>\n{head}{}</table>\n", rows.iter().map(row).collect::<String>())
        }
        Block::Code(_, code) => {
            format!("<pre>{}</pre>\n", code.lines().map(|line| escape::html(line) + "\n").collect::<String>())
        }
    };
    let title = escape::html(title);
    format!(
        "<!doctype html>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>{STYLE}</style>\n{}",
        joined(blocks, &block)
    )
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}\
    p{margin:.2em 0}table{border-collapse:collapse}th,td{text-align:left;padding:.2em .8em .2em 0;\
    border-bottom:1px solid #ccc;vertical-align:top}code,pre{font-family:ui-monospace,monospace}";

fn joined(blocks: &[Block], show: &dyn Fn(&Block) -> String) -> String {
    blocks.iter().map(show).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text_everywhere() {
        let hostile = "<script>x</script> [a](b) \u{1b}[31m & | `";
        let phrase = Phrase::new("It says ").data(hostile).words(" in ").code(hostile);
        let blocks = [
            Block::Title(phrase.clone()),
            Block::List(vec![phrase.clone()]),
            Block::Table(vec!["A"], vec![vec![phrase]]),
            Block::Code("toml", hostile.to_owned() + "\n"),
        ];
        let page = html(hostile, &blocks);
        assert!(!page.contains("<script") && !page.contains('\u{1b}'), "{page}");
        assert_eq!(page.matches("<code>").count(), 3, "{page}");
        assert!(!text(&blocks, Colour::Off).contains('\u{1b}'));
        let document = markdown(&blocks);
        let (outside, code) = document.split_once("```toml").expect("a fence");
        assert!(!outside.replace(&escape::code_span(hostile), "").contains("<script"), "{document}");
        assert!(code.contains("<script>"), "code stays as it is");
    }
}
