//! What verification found in SARIF 2.1.0, for code scanning and other review pages.
//!
//! Rules stand apart from results and are the same in every report. A result is told by its path; its
//! commit, branch and task are properties. What is about no path is about the repository as a whole.
//! Fingerprints do not name commits, so that a finding stays the same one after a rebase.

use std::collections::HashMap;

use bstr::{BStr, ByteSlice};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::model::finding::Finding;
use crate::model::finding::rules::RULES;
use crate::ops::verify::{Outcome, Verified};
use crate::render::escape;
use crate::render::json::document;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What the fingerprints are made of; another making gets another name.
const FINGERPRINT: &str = "gitOrchestrate/v1";

/// The whole file.
#[derive(Debug, Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Value; 1],
}

/// The document of an outcome.
pub fn report(outcome: &Outcome) -> String {
    let mut results = Vec::new();
    let mut seen = HashMap::new();
    for task in &outcome.tasks {
        for finding in &task.findings {
            results.push(result(task, finding, &mut seen));
        }
    }
    let unknown: Vec<Value> = outcome.unknown.iter().map(notification).collect();
    let run = json!({
        "tool": { "driver": {
            "name": "git-orchestrate",
            "version": env!("CARGO_PKG_VERSION"),
            "informationUri": env!("CARGO_PKG_REPOSITORY"),
            "rules": RULES.iter().map(|&rule| descriptor(rule)).collect::<Vec<_>>(),
        }},
        "automationDetails": { "id": format!("git-orchestrate/{}/", outcome.subject.run().unwrap_or_default()) },
        "invocations": [{
            "executionSuccessful": unknown.is_empty(),
            "toolExecutionNotifications": unknown,
        }],
        "results": results,
    });
    document(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] })
}

fn descriptor((rule, summary): (&str, &str)) -> Value {
    let group = rule.split('/').next().unwrap_or_default();
    json!({
        "id": rule,
        "shortDescription": { "text": summary },
        "help": { "text": format!("{summary} See git-orchestrate-verify(1).") },
        "defaultConfiguration": { "level": "error" },
        "properties": { "tags": [group] },
    })
}

/// What could not be read; nothing is claimed about it.
fn notification(unknown: &String) -> Value {
    json!({ "level": "error", "message": { "text": escape::terminal(unknown) } })
}

fn result(task: &Verified, finding: &Finding, seen: &mut HashMap<String, usize>) -> Value {
    let mut text = escape::terminal(finding.to_string());
    for line in finding.hint().lines() {
        text += &format!("\n{}", escape::terminal(line));
    }
    let mut result = json!({
        "ruleId": finding.rule(),
        "level": finding.severity.to_string(),
        "message": { "text": text },
        "locations": [location(task, finding)],
        "partialFingerprints": { FINGERPRINT: fingerprint(task, finding, seen) },
        "properties": {
            "task": task.task.to_string(),
            "branch": task.branch,
            "commit": finding.commit_id.map(|id| id.to_string()),
        },
    });
    if let Some(index) = RULES.iter().position(|(rule, _)| *rule == finding.rule()) {
        result["ruleIndex"] = index.into();
    }
    result
}

fn location(task: &Verified, finding: &Finding) -> Value {
    let mut physical = Map::new();
    let uri = finding.path().map_or_else(|| ".".into(), uri);
    physical.insert("artifactLocation".into(), json!({ "uri": uri }));
    if finding.path().is_some() {
        physical.insert("region".into(), json!({ "startLine": finding.line().unwrap_or(1) }));
    }
    json!({
        "physicalLocation": physical,
        "logicalLocations": [{ "name": task.branch, "kind": "branch" }],
    })
}

/// A path as a relative reference (RFC 3986), byte by byte.
fn uri(path: &BStr) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes().fold(String::new(), |uri, byte| match plain(byte) {
        true => uri + char::from(byte).encode_utf8(&mut [0; 4]),
        false => uri + &format!("%{byte:02X}"),
    })
}

/// The same for the same finding in the next report: made of rule, task, path and words, where these
/// name no commit, and of how many like it came before.
fn fingerprint(task: &Verified, finding: &Finding, seen: &mut HashMap<String, usize>) -> String {
    let path = finding.path().map(|path| path.to_str_lossy().into_owned()).unwrap_or_default();
    let words = finding.to_string();
    let words = words.split(' ').filter(|word| !is_abbreviated_id(word)).collect::<Vec<_>>().join(" ");
    let key = [task.task.as_str(), finding.rule(), &path, &words].join("\0");
    let before = seen.entry(key.clone()).and_modify(|count| *count += 1).or_insert(0);
    format!("{:016x}", fnv1a(format!("{key}\0{before}").as_bytes()))
}

fn is_abbreviated_id(word: &str) -> bool {
    let word = word.trim_end_matches(',');
    word.len() == 10 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The hash FNV-1a of 64 bits: small, and the same in every version and on every machine.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_relative_reference() {
        let check = |path: &[u8], expect: &str| assert_eq!(uri(path.into()), expect);
        check(b"api/a-b_c.py", "api/a-b_c.py");
        check("a b/é:%?#.md".as_bytes(), "a%20b/%C3%A9%3A%25%3F%23.md");
        check(b"\xff\n", "%FF%0A");
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
