//! A pattern as an automaton over bytes, and the automaton of all paths that git could hold.

use crate::model::pattern::{Atom, ByteSet, Pattern};

/// A nondeterministic automaton; its nodes are numbered, and each leads to itself, its neighbours
/// or the one after next.
#[derive(Debug)]
pub(super) struct Automaton {
    nodes: Vec<Node>,
    /// One for each reading of the pattern.
    starts: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
enum Node {
    /// One of these bytes, to the next node.
    One(ByteSet),
    /// Any bytes of a component, to the next node.
    Star,
    /// Before a component of `**/`: into it, or past it to the one after next.
    BeforeComponent,
    /// Inside a component of `**/`, up to its slash.
    InComponent,
    /// Before whatever is left.
    BeforeRest,
    /// In whatever is left; may end here.
    Rest,
    /// May end here.
    End,
}

/// What a `*` stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stars {
    /// Any bytes or none, as git has it.
    MayBeEmpty,
    /// At least one byte: fewer paths than the pattern matches, and more readable ones.
    NotEmpty,
}

impl Automaton {
    /// The automaton that accepts what the pattern matches, as far as it is a path.
    pub(super) fn of(pattern: &Pattern, stars: Stars) -> Automaton {
        let mut automaton = Automaton { nodes: Vec::new(), starts: Vec::new() };
        for reading in pattern.readings() {
            automaton.starts.push(automaton.nodes.len() as u32);
            for atom in reading {
                match atom {
                    Atom::Byte(byte) => automaton.nodes.push(Node::One(ByteSet::of(byte))),
                    Atom::Set(set) => automaton.nodes.push(Node::One(set)),
                    Atom::Star if stars == Stars::MayBeEmpty => automaton.nodes.push(Node::Star),
                    Atom::Star => automaton.nodes.extend([Node::One(ByteSet::component()), Node::Star]),
                    Atom::Directories => {
                        automaton.nodes.extend([Node::BeforeComponent, Node::InComponent]);
                    }
                    Atom::Rest => automaton.nodes.extend([Node::BeforeRest, Node::Rest]),
                }
            }
            automaton.nodes.push(Node::End);
        }
        automaton
    }

    /// Where it may begin.
    pub(super) fn starts(&self) -> Vec<u32> {
        self.starts.clone()
    }

    /// Whether it may end at a node.
    pub(super) fn is_end(&self, node: u32) -> bool {
        matches!(self.nodes[node as usize], Node::End | Node::Rest)
    }

    /// Where a node leads without a byte.
    pub(super) fn skip(&self, node: u32) -> Option<u32> {
        match self.nodes[node as usize] {
            Node::Star => Some(node + 1),
            Node::BeforeComponent => Some(node + 2),
            _ => None,
        }
    }

    /// Where a node leads, by which bytes.
    pub(super) fn moves(&self, node: u32) -> impl Iterator<Item = (ByteSet, u32)> + use<> {
        let (component, slash) = (ByteSet::component(), ByteSet::of(b'/'));
        let moves = match self.nodes[node as usize] {
            Node::One(set) => [Some((set, node + 1)), None],
            Node::Star => [Some((component, node)), None],
            Node::BeforeComponent => [Some((component, node + 1)), None],
            Node::InComponent => [Some((component, node)), Some((slash, node - 1))],
            Node::BeforeRest => [Some((component, node + 1)), Some((slash, node + 1))],
            Node::Rest => [Some((component, node)), Some((slash, node))],
            Node::End => [None, None],
        };
        moves.into_iter().flatten()
    }
}

/// What is known of a path's last component after some bytes: enough to know whether git would take
/// it, which is never so for an empty component, `.`, `..` and `.git` in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum PathState {
    Empty,
    Dot,
    DotDot,
    DotG,
    DotGi,
    DotGit,
    Name,
}

impl PathState {
    /// Before the first byte.
    pub(super) fn start() -> PathState {
        PathState::Empty
    }

    /// After another byte; `None` if no path begins so.
    pub(super) fn after(self, byte: u8) -> Option<PathState> {
        match (self, byte.to_ascii_lowercase()) {
            (state, b'/') => state.is_path().then_some(PathState::Empty),
            (PathState::Empty, b'.') => Some(PathState::Dot),
            (PathState::Dot, b'.') => Some(PathState::DotDot),
            (PathState::Dot, b'g') => Some(PathState::DotG),
            (PathState::DotG, b'i') => Some(PathState::DotGi),
            (PathState::DotGi, b't') => Some(PathState::DotGit),
            _ => Some(PathState::Name),
        }
    }

    /// Whether a path may end here.
    pub(super) fn is_path(self) -> bool {
        matches!(self, PathState::Name | PathState::DotG | PathState::DotGi)
    }
}

/// The bytes of a set that are worth trying: of those that [`PathState`] does not tell apart only
/// the most readable one. The first byte is the one that people should see.
pub(super) fn readable(set: ByteSet) -> impl Iterator<Item = u8> {
    /// What [`PathState`] tells apart.
    const SPECIAL: [u8; 8] = *b"./gGiItT";
    const TIERS: [ByteSet; 5] = [
        ByteSet::of(b'x'),
        ByteSet::range(b'a', b'z').without(&SPECIAL),
        ByteSet::range(b'0', b'9'),
        ByteSet::range(b'!', b'~').without(&SPECIAL),
        ByteSet::range(1, 255).without(&SPECIAL),
    ];
    let best = TIERS.iter().find_map(|tier| set.and(*tier).first());
    best.into_iter().chain(SPECIAL.into_iter().filter(move |byte| set.contains(*byte)))
}
