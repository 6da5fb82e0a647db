//! Memories: bytes and views, to their ends and beyond.

use ch22_embed::{
    AddressType, Limits, Memory, MemoryAccessError, MemoryType, Scalar, Store,
};

use crate::{engines, instance};

fn memory(store: &mut Store<()>, min: u64, max: Option<u64>) -> Memory {
    let ty = MemoryType::new(AddressType::I32, Limits { min, max });
    Memory::new(store, ty).expect("the type is valid")
}

const PAGE: usize = 1 << 16;

#[test]
fn bytes_are_read_and_written_within_bounds() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let memory = memory(&mut store, 1, Some(2));
        assert_eq!((memory.data_size(&store), memory.size(&store)), (PAGE, 1));
        memory.write(&mut store, PAGE - 3, b"end").unwrap();
        let mut bytes = [0; 3];
        memory.read(&store, PAGE - 3, &mut bytes).unwrap();
        assert_eq!(
            (&bytes, &memory.data(&store)[PAGE - 3..]),
            (b"end", &b"end"[..])
        );
        memory.data_mut(&mut store)[PAGE - 1] = b'!';
        memory.read(&store, PAGE - 3, &mut bytes).unwrap();
        assert_eq!(&bytes, b"en!");
        for offset in [PAGE - 2, PAGE, PAGE + 1, usize::MAX - 2, usize::MAX] {
            assert_eq!(
                memory.read(&store, offset, &mut bytes),
                Err(MemoryAccessError)
            );
            assert_eq!(
                memory.write(&mut store, offset, b"xyz"),
                Err(MemoryAccessError)
            );
        }
        assert_eq!(&bytes, b"en!", "nothing is copied in part");
        assert_eq!(&memory.data(&store)[PAGE - 2..], b"n!");
        assert_eq!(memory.read(&store, PAGE, &mut []), Ok(()));
        assert_eq!(
            memory.read(&store, PAGE + 1, &mut []),
            Err(MemoryAccessError)
        );
        let error = ch22_embed::Error::from(MemoryAccessError);
        assert_eq!(error.to_string(), "out of bounds memory access");
    }
}

#[test]
fn a_memory_grows_as_far_as_its_type_allows() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let memory = memory(&mut store, 1, Some(3));
        memory.write(&mut store, 0, b"kept").unwrap();
        assert_eq!(memory.grow(&mut store, 1).unwrap(), 1);
        assert_eq!(memory.grow(&mut store, 0).unwrap(), 2);
        for pages in [2, 1 << 16, 1 << 48, u64::MAX - 1, u64::MAX] {
            assert!(memory.grow(&mut store, pages).is_err());
        }
        assert_eq!(memory.ty(&store).limits, Limits { min: 2, max: Some(3) });
        assert_eq!(&memory.data(&store)[..4], b"kept");
        assert_eq!(memory.data(&store).len(), 2 * PAGE);
        assert!(memory.data(&store)[PAGE..].iter().all(|byte| *byte == 0));
    }
}

#[test]
fn types_that_are_not_valid_are_errors() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let ty =
            |address, min, max| MemoryType::new(address, Limits { min, max });
        let page = |page_size| MemoryType {
            page_size,
            ..ty(AddressType::I32, 1, None)
        };
        for wrong in [
            ty(AddressType::I32, 2, Some(1)),
            ty(AddressType::I32, 65_537, None),
            ty(AddressType::I32, u64::MAX, None),
            ty(AddressType::I64, u64::MAX, None),
            ty(AddressType::I64, 1 << 48, None),
            page(0),
            page(3),
            page(u64::MAX),
        ] {
            assert!(Memory::new(&mut store, wrong).is_err(), "{wrong:?}");
        }
        let one = Memory::new(&mut store, page(1)).unwrap();
        assert_eq!(one.grow(&mut store, 7).unwrap(), 1);
        assert_eq!(one.data_size(&store), 8);
    }
}

#[test]
fn the_host_and_the_module_see_the_same_bytes() {
    let text = r#"(module (memory (export "m") 1)
        (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#;
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, text);
        let memory = it.get_memory(&mut store, "m").unwrap();
        let mut view = memory.view_mut::<i32, _>(&mut store, 4);
        view.write(0, &[1, -2, 3]).unwrap();
        assert_eq!(crate::call(&mut store, it, "load", 8), -2);
        memory.grow(&mut store, 1).unwrap();
        assert_eq!(crate::call(&mut store, it, "load", (PAGE + 4) as i32), 0);
        assert_eq!(crate::call(&mut store, it, "grow", 1), 2);
        assert_eq!(memory.size(&store), 3);
    }
}

fn round_trip<N: Scalar + PartialEq>(numbers: [N; 2]) {
    let mut store = Store::<()>::default();
    let memory = memory(&mut store, 1, None);
    // Nothing has to be aligned.
    let mut view = memory.view_mut::<N, _>(&mut store, 3);
    view.set(1, numbers[1]).unwrap();
    view.set(0, numbers[0]).unwrap();
    let view = memory.view::<N, _>(&store, 3);
    assert_eq!(view.range(0..2).to_vec(), numbers);
    assert_eq!(
        (view.get(0), view.get(1)),
        (Some(numbers[0]), Some(numbers[1]))
    );
    assert!(view.iter().take(2).eq(numbers));
    let size = N::SIZE;
    assert_eq!(view.len(), (PAGE - 3) / size);
    assert_eq!(view.iter().len(), view.len());
    for index in [view.len(), view.len() + 1, usize::MAX, usize::MAX / size] {
        assert_eq!(view.get(index), None);
    }
    let last = view.len() - 1;
    assert!(view.get(last).is_some());
    let mut view = memory.view_mut::<N, _>(&mut store, 3);
    view.set(last, numbers[0]).unwrap();
    for index in [last + 1, usize::MAX, usize::MAX / size] {
        assert_eq!(view.set(index, numbers[0]), Err(MemoryAccessError));
    }
    assert_eq!(view.write(last, &numbers), Err(MemoryAccessError));
    assert_eq!(view.as_view().get(last), Some(numbers[0]));
}

#[test]
fn views_have_every_number() {
    round_trip([1_u8, 255]);
    round_trip([-1_i8, 127]);
    round_trip([1_u16, u16::MAX]);
    round_trip([1_i16, i16::MIN]);
    round_trip([1_u32, u32::MAX]);
    round_trip([1_i32, i32::MIN]);
    round_trip([1_u64, u64::MAX]);
    round_trip([1_i64, i64::MIN]);
    round_trip([1_u128, u128::MAX]);
    round_trip([1_i128, i128::MIN]);
    round_trip([1.5_f32, f32::MIN]);
    round_trip([1.5_f64, f64::MAX]);
}

#[test]
fn views_end_where_the_memory_ends() {
    let mut store = Store::<()>::default();
    let memory = memory(&mut store, 1, None);
    memory.write(&mut store, PAGE - 5, &[1, 0, 0, 0, 9]).unwrap();
    let view = memory.view::<u32, _>(&store, PAGE - 5);
    assert_eq!(
        (view.len(), view.is_empty(), view.to_vec()),
        (1, false, vec![1])
    );
    assert_eq!(format!("{view:?}"), "[1]");
    for offset in [PAGE - 3, PAGE, PAGE + 1, usize::MAX] {
        let view = memory.view::<u32, _>(&store, offset);
        assert!(
            view.is_empty()
                && view.get(0).is_none()
                && view.to_vec().is_empty()
        );
        let mut view = memory.view_mut::<u32, _>(&mut store, offset);
        assert_eq!(view.set(0, 1), Err(MemoryAccessError));
        assert_eq!(view.write(0, &[]), Ok(()));
    }
    let view = memory.view::<u8, _>(&store, PAGE - 5);
    #[allow(clippy::reversed_empty_ranges, reason = "that is what is asked")]
    for (range, found) in [
        (0..2, &[1, 0][..]),
        (3..9, &[0, 9]),
        (4..usize::MAX, &[9]),
        (5..6, &[]),
        (usize::MAX..usize::MAX, &[]),
        (3..1, &[]),
    ] {
        assert_eq!(view.range(range).to_vec(), found);
    }
}
