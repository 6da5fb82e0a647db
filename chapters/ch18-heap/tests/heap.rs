//! The heap alone, without a machine.

use annex_embedding::Handle;
use ch07_values::Trap;
use ch09_module::{
    CompositeType, FieldIdx, FieldType, HeapType, RefType, StorageType, ValType,
};
use ch17_exceptions::Exceptions;
use ch18_heap::{Heap, Layout, Marking, Pace, Storage};

const NODE: u32 = 0;
const ROW: u32 = 1;
const BYTES: u32 = 2;

const ANYREF: StorageType = StorageType::Val(ValType::Ref(RefType {
    nullable: true,
    heap: HeapType::Any,
}));

fn field(storage: StorageType) -> FieldType {
    FieldType { storage, mutable: true }
}

/// A heap that knows three types: a node with two references and a byte between
/// them, a row of references, and a row of bytes.
fn heap() -> Heap {
    let mut heap = Heap::default();
    let fields = [ANYREF, StorageType::I8, ANYREF].map(field);
    let types = [
        CompositeType::Struct(fields.into()),
        CompositeType::Array(field(ANYREF)),
        CompositeType::Array(field(StorageType::I8)),
    ];
    for (number, ty) in (0..).zip(&types) {
        heap.layout(number, || Layout::of(ty));
    }
    heap
}

fn node(heap: &mut Heap, first: u64, second: u64) -> u64 {
    let slot = heap.allocate(NODE, 0).unwrap();
    set(heap, slot, 0, first);
    set(heap, slot, 2, second);
    slot
}

fn set(heap: &mut Heap, node: u64, field: u32, value: u64) {
    let (storage, bytes) = heap.field_mut(node, FieldIdx(field)).unwrap();
    storage.write(bytes, value.into());
}

fn get(heap: &Heap, node: u64, field: u32) -> u64 {
    let (storage, bytes) = heap.field(node, FieldIdx(field)).unwrap();
    storage.read(bytes) as u64
}

/// Collects what cannot be reached from the roots, and says how many objects
/// that were.
fn collect(heap: &mut Heap, roots: &[u64]) -> usize {
    let mut exceptions = Exceptions::default();
    let mut marking = Marking::new(heap, &mut exceptions).unwrap();
    roots.iter().for_each(|&root| marking.reach(root));
    let (marked, slots) = marking.finish();
    heap.sweep(&marked, slots)
}

#[test]
fn marking_can_be_watched_object_by_object() {
    let mut heap = heap();
    let leaf = node(&mut heap, 0, 0);
    let middle = node(&mut heap, 0, leaf);
    let root = node(&mut heap, middle, leaf);
    node(&mut heap, root, root);
    let mut exceptions = Exceptions::default();
    let mut marking = Marking::new(&heap, &mut exceptions).unwrap();
    marking.reach(root);
    let mut seen = Vec::new();
    while marking.work().next().is_some() {
        seen.push((marking.work().collect(), marking.marked().to_vec()));
        assert!(marking.trace_next());
    }
    assert!(!marking.trace_next());
    let expected: [(Vec<usize>, Vec<bool>); 3] = [
        (vec![2], vec![false, false, true, false]),
        (vec![1, 0], vec![true, true, true, false]),
        (vec![1], vec![true, true, true, false]),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn reachable_objects_stay_and_keep_their_contents() {
    let mut heap = heap();
    let leaf = node(&mut heap, 0, 0);
    set(&mut heap, leaf, 1, 0x1ff);
    let root = node(&mut heap, 0, leaf);
    node(&mut heap, leaf, root);
    assert_eq!(collect(&mut heap, &[root]), 1);
    assert_eq!(heap.statistics().objects, 2);
    assert_eq!(get(&heap, root, 2), leaf);
    assert_eq!(get(&heap, leaf, 1), 0xff, "a byte, and no more");
    assert_eq!(collect(&mut heap, &[]), 2);
    assert_eq!(heap.statistics().bytes, 0);
}

#[test]
fn unreachable_cycles_are_collected() {
    let mut heap = heap();
    let first = node(&mut heap, 0, 0);
    let second = node(&mut heap, first, 0);
    let row = heap.allocate(ROW, 2).unwrap();
    let (storage, bytes) = heap.array_mut(row).unwrap();
    storage.write(&mut bytes[8..], second.into());
    set(&mut heap, first, 0, row);
    set(&mut heap, second, 2, second);
    assert_eq!(collect(&mut heap, &[second]), 0);
    assert_eq!(collect(&mut heap, &[]), 3);
}

#[test]
fn a_list_of_a_million_does_not_go_deeper_than_one() {
    let mut heap = heap();
    let mut list = 0;
    for _ in 0..1_000_000 {
        list = node(&mut heap, list, 0);
    }
    assert_eq!(collect(&mut heap, &[list]), 0);
    assert_eq!(collect(&mut heap, &[]), 1_000_000);
}

#[test]
fn a_stale_handle_does_not_refer_to_the_next_object() {
    let mut heap = heap();
    let before = node(&mut heap, 0, 0);
    collect(&mut heap, &[]);
    assert_eq!(heap.ty(before), None);
    let after = node(&mut heap, 0, 0);
    assert_eq!(after as u32, before as u32, "the entry is used again");
    assert_ne!(after, before);
    assert_eq!(heap.ty(before), None);
    assert_eq!(
        heap.field(before, FieldIdx(0)),
        Err(Trap::NullStructureReference)
    );
    assert_eq!(collect(&mut heap, &[before]), 1, "and it is no root");
}

#[test]
fn integers_mistaken_for_references_only_retain_garbage() {
    let mut heap = heap();
    let object = node(&mut heap, 0, 0);
    // Of an entry that does not exist, and of a life that the entry has not
    // had.
    for number in
        [0x0300_0000_0000_0001, 0x0300_0001_0000_0000, 0x03ff_ffff_ffff_ffff]
    {
        assert_eq!(heap.ty(number), None);
    }
    assert_eq!(
        collect(&mut heap, &[object]),
        0,
        "whether or not it was meant as one"
    );
    collect(&mut heap, &[0x0300_0001_0000_0000]);
    assert_eq!(heap.statistics().objects, 0);
    // The entry is empty, and its next life is the one that this number names.
    assert_eq!(heap.ty(0x0300_0001_0000_0000), None);
    assert_eq!(collect(&mut heap, &[0x0300_0001_0000_0000]), 0);
}

#[test]
fn a_full_heap_is_an_error() {
    let mut heap = heap();
    heap.set_limit(1000);
    assert_eq!(heap.allocate(BYTES, 1000), Err(Trap::OutOfHeap));
    assert_eq!(heap.allocate(BYTES, u32::MAX), Err(Trap::OutOfHeap));
    heap.allocate(BYTES, 600).unwrap();
    assert_eq!(heap.allocate(BYTES, 600), Err(Trap::OutOfHeap));
    assert!(heap.is_due(600));
    collect(&mut heap, &[]);
    heap.allocate(BYTES, 600).unwrap();
}

#[test]
fn a_collection_is_due_when_as_much_was_made_as_is_there() {
    let mut heap = heap();
    let kept: Vec<u64> = (0..100_000).map(|_| node(&mut heap, 0, 0)).collect();
    assert!(heap.is_due(0));
    collect(&mut heap, &kept);
    let bytes = heap.statistics().bytes;
    assert!(!heap.is_due(bytes));
    assert!(heap.is_due(2 * bytes));
}

#[test]
fn a_collection_that_has_many_roots_to_look_at_comes_less_often() {
    let mut heap = heap();
    collect(&mut heap, &vec![0; 1_000_000]);
    assert!(!heap.is_due(8_000_000));
    assert!(heap.is_due(8_000_001));
}

#[test]
fn a_new_heap_collects_after_a_megabyte_and_has_a_gigabyte() {
    let mut heap = heap();
    assert!(!heap.is_due(1 << 20));
    assert!(heap.is_due((1 << 20) + 1));
    assert_eq!(heap.allocate(BYTES, 1 << 30), Err(Trap::OutOfHeap));
    // What an object takes besides its bytes is less than a hundred.
    let mut heap = self::heap();
    assert!(heap.allocate(BYTES, (1 << 30) - 100).is_ok());
}

#[test]
fn at_the_limit_a_collection_is_due_if_a_sixteenth_was_allocated_since() {
    const LIMIT: usize = 16_000;
    for (size, due) in [(15_000, LIMIT / 16 + 1), (14_000, 0)] {
        let mut heap = heap();
        heap.set_limit(LIMIT);
        let kept = heap.allocate(BYTES, size).unwrap();
        assert_eq!(collect(&mut heap, &[kept]), 0);
        // What does not fit any more, or is a sixteenth, whichever is more.
        let in_use = heap.statistics().bytes;
        let besides = in_use - size as usize;
        let more = LIMIT - in_use - besides + 1;
        let due = due.max(more);
        assert!(!heap.is_due(due - 1), "{size}");
        assert!(heap.is_due(due), "{size}");
    }
}

#[test]
fn garbage_is_never_in_the_way_of_an_object() {
    for size in 0..200 {
        let mut heap = heap();
        heap.set_limit(10_000);
        for _ in 0..1_000 {
            if heap.is_due(size as usize) {
                collect(&mut heap, &[]);
            }
            assert!(heap.allocate(BYTES, size).is_ok(), "{size}");
        }
    }
}

#[test]
fn a_collection_that_has_many_empty_entries_to_look_at_comes_less_often() {
    let mut heap = heap();
    for _ in 0..100_000 {
        heap.allocate(BYTES, 0).unwrap();
    }
    assert_eq!(collect(&mut heap, &[]), 100_000);
    // An entry is two numbers and the bytes of its object.
    let entry = 2 * size_of::<u32>() + size_of::<Box<[u8]>>();
    assert!(!heap.is_due(100_000 * entry));
    assert!(heap.is_due(100_000 * entry + 1));
}

#[test]
fn statistics_count_what_was_made_and_what_was_collected() {
    let mut heap = heap();
    let kept = node(&mut heap, 0, 0);
    node(&mut heap, kept, 0);
    node(&mut heap, 0, 0);
    let before = heap.statistics();
    assert_eq!((before.objects, before.made, before.collections), (3, 3, 0));
    assert_eq!(before.collected(), 0);
    assert_eq!(collect(&mut heap, &[kept]), 2);
    let after = heap.statistics();
    assert_eq!((after.objects, after.made, after.collections), (1, 3, 1));
    assert_eq!(after.collected(), 2);
    assert_eq!(after.bytes, before.bytes / 3);
}

#[test]
fn fields_are_no_wider_than_they_have_to_be() {
    let fields = [
        field(StorageType::I16),
        field(ANYREF),
        field(StorageType::Val(ValType::V128)),
        field(StorageType::I8),
    ];
    let layout = Layout::of(&CompositeType::Struct(fields.into())).unwrap();
    let Layout::Struct { size, fields, references } = layout else {
        panic!("a structure")
    };
    assert_eq!(size, 27);
    assert_eq!(
        fields.iter().map(|field| field.offset).collect::<Vec<_>>(),
        [0, 2, 10, 26]
    );
    assert_eq!(*references, [2]);
}

#[test]
fn narrow_fields_have_two_readings() {
    let mut bytes = [0; 16];
    Storage::I8.write(&mut bytes, 0x1234_5680);
    assert_eq!(
        (Storage::I8.read(&bytes), Storage::I8.signed(0x80)),
        (0x80, -0x80)
    );
    Storage::I16.write(&mut bytes, 0x1234_8001);
    assert_eq!(
        (Storage::I16.read(&bytes), Storage::I16.signed(0x8001)),
        (0x8001, -0x7fff)
    );
    Storage::V128.write(&mut bytes, u128::MAX - 1);
    assert_eq!(Storage::V128.read(&bytes), u128::MAX - 1);
    assert_eq!(Storage::Bits32.read(&bytes), 0xffff_fffe);
}

#[test]
fn elements_are_copied_within_one_and_between_two() {
    let mut heap = heap();
    let [one, two] = [4, 6].map(|size| heap.allocate(BYTES, size).unwrap());
    heap.array_mut(one).unwrap().1.copy_from_slice(&[1, 2, 3, 4]);
    heap.copy((one, 1), (one, 0), 3).unwrap();
    assert_eq!(heap.array(one).unwrap().1, [1, 1, 2, 3]);
    heap.copy((two, 2), (one, 0), 4).unwrap();
    assert_eq!(heap.array(two).unwrap().1, [0, 0, 1, 1, 2, 3]);
    assert_eq!(
        heap.copy((two, 3), (one, 0), 4),
        Err(Trap::OutOfBoundsArrayAccess)
    );
    assert_eq!(
        heap.copy((two, 0), (one, u32::MAX), 1),
        Err(Trap::OutOfBoundsArrayAccess)
    );
    assert_eq!(heap.copy((two, 0), (0, 0), 0), Err(Trap::NullArrayReference));
}

#[test]
fn a_heap_is_read_again_as_it_was_written_down() {
    let (mut old, mut again) = (heap(), heap());
    let gone = node(&mut old, 0, 0);
    let bytes = old.allocate(BYTES, 3).unwrap();
    let kept = node(&mut old, bytes, 0);
    let mut exceptions = Exceptions::default();
    let mut marking = Marking::new(&old, &mut exceptions).unwrap();
    marking.reach(kept);
    let (marked, slots) = marking.finish();
    assert_eq!(old.sweep(&marked, slots), 1);
    old.allocate(ROW, 1).unwrap();
    old.sweep(&marked, slots);
    assert_eq!(old.free(), [0]);

    again.replace(old.contents(), old.free(), old.pace()).unwrap();
    assert!(again.contents().eq(old.contents()));
    assert_eq!((again.free(), again.pace()), (old.free(), old.pace()));
    assert_eq!(again.statistics(), old.statistics());
    assert_eq!((again.ty(gone), again.ty(kept)), (None, Some(NODE)));
    let (next, there) = (old.allocate(ROW, 1), again.allocate(ROW, 1));
    assert_eq!(next, there, "the same entry, in the same life");
}

/// What is in an entry.
type Content<'a> = (u32, Option<(u32, &'a [u8])>);

#[test]
fn a_heap_that_cant_be_true_is_refused() {
    let full = [0; 17];
    let refused = |contents: &[Content<'_>], free: &[u32]| {
        let mut heap = heap();
        heap.set_limit(200);
        let contents = contents.iter().copied();
        heap.replace(contents, free, Pace::default()).err()
    };
    let object = Some((NODE, &full[..]));
    assert_eq!(refused(&[(0, object), (1, None)], &[1]), None);
    let sizes = "an object is of another size than its type's";
    assert_eq!(refused(&[(0, Some((NODE, &full[..16])))], &[]), Some(sizes));
    assert_eq!(refused(&[(0, Some((ROW, &full[..9])))], &[]), Some(sizes));
    let unknown = Some("an object is of no known type");
    assert_eq!(refused(&[(0, Some((3, &full)))], &[]), unknown);
    let old = Some("an entry was emptied too often");
    let most = Handle::GENERATIONS;
    assert_eq!(refused(&[(most, object)], &[]), old);
    assert_eq!(refused(&[(most, None)], &[]), None);
    assert_eq!(refused(&[(most + 1, None)], &[]), old);
    let free = Some("the list of free entries is wrong");
    assert_eq!(refused(&[(most, None)], &[0]), free);
    assert_eq!(refused(&[(0, None)], &[0, 0]), free);
    assert_eq!(refused(&[(0, object)], &[0]), free);
    assert_eq!(refused(&[], &[0]), free);
    let large = Some("the objects need more bytes than the limit");
    assert_eq!(refused(&[(0, Some((BYTES, &[0; 190])))], &[]), large);
}

#[test]
fn no_pace_makes_a_heap_count_too_far() {
    let most = u64::MAX;
    let pace =
        Pace { budget: most, allocated: most, made: most, collections: most };
    let none = Pace { made: 0, ..pace };
    for pace in [pace, none] {
        let mut heap = heap();
        let object = [(0, Some((BYTES, &[][..])))];
        heap.replace(object.into_iter(), &[], pace).unwrap();
        heap.allocate(NODE, 0).unwrap();
        heap.sweep(&[], 0);
        assert!(heap.statistics().collected() > 0);
    }
}
