//! The recording of chapter 18's second page: one collection of a small heap, object by object.

use std::fmt::Display;

use annex_embedding::{Handle, Referent};
use ch09_module::{CompositeType, FieldIdx, FieldType, HeapType, RefType, StorageType, ValType};
use ch17_exceptions::Exceptions;
use ch18_heap::{Heap, Layout, Marking, Storage};
use trace::{End, EndKind, Line, Moment, Recording};

use crate::Named;

/// The type of all objects: a structure with two references.
const NODE: u32 = 0;

/// What each object of the page's picture refers to.
const PICTURE: [&[usize]; 6] = [&[1], &[2], &[0], &[2], &[1, 5], &[4]];

/// The roots: what they are called, and their slots.
const ROOTS: [(&str, u64); 3] =
    [("a global", 0x0300_0000_0000_0000), ("a local", 0x0300_0000_0000_0003), ("an operand", 7)];

/// The recordings of this page.
pub fn recordings() -> Vec<Named> {
    vec![Named { chapter: "ch18-heap", name: "collection", recording: collection() }]
}

/// What is shown of each step: the list of work and the entries, as the step finds them.
#[derive(Default)]
struct Log {
    recording: Recording,
    work: Vec<usize>,
    entries: Vec<String>,
}

impl Log {
    /// A line of the code that no step is at.
    fn head(&mut self, text: &str) {
        self.recording.code.push(Line { text: text.to_owned(), ..Line::default() });
    }

    fn step(&mut self, text: impl Display, output: impl Display) {
        let moment = Moment {
            line: Some(self.recording.code.len()),
            output: format!("{output}\n"),
            ..self.state()
        };
        self.recording.steps.push(moment);
        self.recording.code.push(Line { text: text.to_string(), indent: 1, place: None });
    }

    fn state(&self) -> Moment {
        let stack = self.work.iter().map(|position| format!("object {position}")).collect();
        Moment { stack, locals: self.entries.clone(), ..Moment::default() }
    }
}

/// Marks and sweeps the page's picture, and makes an object afterwards.
fn collection() -> Recording {
    let mut heap = picture();
    let old = Handle::new(5, 0);
    let mut log = Log {
        recording: Recording {
            title: "One collection".to_owned(),
            stack: "The list: still to look into".to_owned(),
            locals: "Entries of the heap".to_owned(),
            ..Recording::default()
        },
        entries: entries(&heap, &[]),
        ..Log::default()
    };

    let mut exceptions = Exceptions::default();
    let mut marking = Marking::new(&heap, &mut exceptions).expect("there is memory for six marks");
    log.head("mark: the roots");
    for (name, slot) in ROOTS {
        let before = marked(&marking);
        marking.reach(slot);
        log.step(format!("reach {slot:#018x}"), format!("{name}: {}", news(&before, &marking)));
        log.work = marking.work().collect();
        log.entries = entries(&heap, marking.marked());
    }
    log.head("trace: what they refer to");
    while let Some(&next) = log.work.last() {
        let before = marked(&marking);
        marking.trace_next();
        let referred = list(PICTURE[next]);
        let output = format!("object {next} refers to {referred}: {}", news(&before, &marking));
        log.step(format!("look into object {next}"), output);
        log.work = marking.work().collect();
        log.entries = entries(&heap, marking.marked());
    }

    let (marks, slots) = marking.finish();
    let before = log.entries.clone();
    heap.sweep(&marks, slots);
    let after = entries(&heap, &marks);
    log.head("sweep: what has no mark");
    for (position, stays) in marks.iter().enumerate() {
        let output = match stays {
            true => format!("entry {position} has a mark: it stays"),
            false => format!("entry {position} has none: its object is freed"),
        };
        log.step(format!("entry {position}"), output);
        // The sweep goes from the first entry to the last.
        let kept = before.iter().skip(position + 1);
        log.entries = after.iter().take(position + 1).chain(kept).cloned().collect();
    }

    log.entries = entries(&heap, &[]);
    log.head("the program goes on");
    let slot = heap.allocate(NODE, 0).expect("there is room");
    log.step("make an object", format!("the new reference is {slot:#018x}"));
    log.entries = entries(&heap, &[]);
    let stale = Referent::Struct(old).to_slot();
    let found = if heap.ty(stale).is_some() { "an object" } else { "nothing" };
    log.step(format!("read through {stale:#018x}"), format!("the old reference finds {found}"));
    let state = log.state();
    let text = "four objects have stayed, two are freed, one is new".to_owned();
    Recording { end: End { kind: EndKind::Done, text, state }, ..log.recording }
}

/// The six objects of the page's picture.
fn picture() -> Heap {
    let node = RefType { nullable: true, heap: HeapType::Any };
    let field = FieldType { storage: StorageType::Val(ValType::Ref(node)), mutable: true };
    let ty = CompositeType::Struct([field, field].into());
    let mut heap = Heap::default();
    heap.layout(NODE, || Layout::of(&ty));
    let slots = PICTURE.map(|_| heap.allocate(NODE, 0).expect("there is room"));
    for (slot, objects) in slots.iter().zip(PICTURE) {
        for (field, &object) in (0..).zip(objects) {
            let (storage, bytes) =
                heap.field_mut(*slot, FieldIdx(field)).expect("the object was made just now");
            storage.write(bytes, slots[object].into());
        }
    }
    heap
}

/// What is in each entry, and whether it's marked.
fn entries(heap: &Heap, marked: &[bool]) -> Vec<String> {
    let mut all = Vec::new();
    for (position, (generation, object)) in heap.contents().enumerate() {
        let object = match object {
            None => "empty".to_owned(),
            Some((_, bytes)) => {
                let slots = bytes.chunks_exact(Storage::Reference.size());
                let slots = slots.map(|bytes| Storage::Reference.read(bytes) as u64);
                let objects = slots.filter(|slot| *slot != 0);
                let objects: Vec<usize> =
                    objects.map(|slot| Handle::of_slot(slot).index() as usize).collect();
                match &objects[..] {
                    [] => "refers to nothing".to_owned(),
                    objects => format!("refers to {}", list(objects)),
                }
            }
        };
        let mark = if marked.get(position) == Some(&true) { ", marked" } else { "" };
        all.push(format!("{position} = generation {generation}, {object}{mark}"));
    }
    all
}

fn marked(marking: &Marking<'_>) -> Vec<bool> {
    marking.marked().to_vec()
}

/// Which objects have got a mark.
fn news(before: &[bool], marking: &Marking<'_>) -> String {
    let marks = before.iter().zip(marking.marked()).enumerate();
    let new = marks.filter(|(_, (before, now))| before != now);
    match new.map(|(position, _)| position).collect::<Vec<_>>()[..] {
        [] => "nothing new".to_owned(),
        ref new => format!("marks {}", list(new)),
    }
}

/// `1 and 5`
fn list(positions: &[usize]) -> String {
    positions.iter().map(usize::to_string).collect::<Vec<_>>().join(" and ")
}
