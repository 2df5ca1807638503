//! `[protocol]`, `[setup]`, `[worker]` and `[integrate]`.

use toml::Spanned;
use toml::de::DeValue;

use super::duration;
use super::keys;
use super::table::{Reader, Table};
use crate::model::plan::finding::Form;
use crate::model::plan::place::Located;
use crate::model::plan::{BodyRule, Generated, Integrate, Launch, Port, Protocol, Setup};

pub(super) fn protocol(top: &mut Table<'_, '_>, reader: &mut Reader<'_, '_>) -> Protocol {
    let Some(mut table) = top.table("protocol", &keys::PROTOCOL, reader) else { return Protocol::default() };
    let body = table.choice(
        "body",
        reader,
        &[("off", BodyRule::Off), ("warn", BodyRule::Warn), ("require", BodyRule::Require)],
    );
    Protocol {
        body: body.unwrap_or_default(),
        evidence: table.strings("evidence", reader),
        guard: table.flag("guard", reader),
        push: table.flag("push", reader),
    }
}

pub(super) fn setup(top: &mut Table<'_, '_>, reader: &mut Reader<'_, '_>) -> Setup {
    let Some(mut table) = top.table("setup", &keys::SETUP, reader) else { return Setup::default() };
    let copy = table.texts("copy", reader);
    for file in copy.iter().filter(|file| !is_below_top(&file.value)) {
        wrong_value(reader, "copy", file, "a file's path relative to the main worktree, without `..`");
    }
    let port = port(&mut table, &copy, reader);
    let copy = copy.into_iter().map(|file| file.value).collect();
    Setup { copy, port, run: table.strings("run", reader), sparse: table.flag("sparse", reader) }
}

fn port(setup: &mut Table<'_, '_>, copy: &[Located<String>], reader: &mut Reader<'_, '_>) -> Option<Port> {
    let mut table = setup.table("port", &keys::PORT, reader)?;
    let file = table.required_text("file", reader)?;
    let variable = table.required_text("variable", reader)?;
    if !copy.iter().any(|copied| copied.value == file.value) {
        wrong_value(reader, "file", &file, "one of the files in `copy`");
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !variable.value.chars().all(plain) || variable.value.starts_with(|c: char| c.is_ascii_digit()) {
        wrong_value(reader, "variable", &variable, "a variable's name, such as `PORT`");
    }
    Some(Port { file: file.value, variable: variable.value })
}

pub(super) fn worker(top: &mut Table<'_, '_>, reader: &mut Reader<'_, '_>) -> Launch {
    let Some(mut table) = top.table("worker", &keys::WORKER, reader) else { return Launch::default() };
    let command = table.strings("command", reader);
    let timeout = table.text("timeout", reader);
    let timeout_seconds = timeout.and_then(|timeout| {
        let seconds = duration::seconds_of(&timeout.value);
        if seconds.is_none() {
            wrong_value(reader, "timeout", &timeout, "a duration, such as \"30m\" or \"1h30m\"");
        }
        seconds
    });
    Launch { command, timeout_seconds }
}

pub(super) fn integrate(top: &mut Table<'_, '_>, reader: &mut Reader<'_, '_>) -> Integrate {
    let Some(table) = top.table("integrate", &keys::INTEGRATE, reader) else { return Integrate::default() };
    let Some(value) = table.value("generated") else { return Integrate::default() };
    let DeValue::Array(list) = value.get_ref() else {
        reader.wrong_type("generated", "a list of tables", value);
        return Integrate::default();
    };
    Integrate { generated: list.iter().filter_map(|value| generated(value, reader)).collect() }
}

fn generated(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_, '_>) -> Option<Generated> {
    let DeValue::Table(table) = value.get_ref() else {
        reader.wrong_type("generated", "a table", value);
        return None;
    };
    let mut table = Table::open(&keys::GENERATED, table, value.span().start, reader);
    let (path, run) = (table.required_text("path", reader), table.required_text("run", reader));
    let path = path?;
    if !is_below_top(&path.value) {
        wrong_value(reader, "path", &path, "a file's path relative to the top, without `..`");
    }
    Some(Generated { path: path.value, run: run?.value })
}

fn wrong_value(reader: &mut Reader<'_, '_>, key: &str, value: &Located<String>, expected: &str) {
    let problem =
        Form::WrongValue { key: key.to_owned(), value: value.value.clone(), expected: expected.to_owned() };
    reader.report.error(value.place, problem);
}

/// A copied file is named relative to the main worktree and lands at the same place in the new one.
fn is_below_top(path: &str) -> bool {
    let absolute = path.contains('\\') || path.as_bytes().get(1) == Some(&b':');
    let component = |part: &str| !matches!(part, "" | "." | "..") && !part.eq_ignore_ascii_case(".git");
    !absolute && !path.chars().any(char::is_control) && path.split('/').all(component)
}
