//! From bytes to the tree: names.
//!
//! Specification: Appendix, Custom Sections, *Name Section*.

use std::collections::BTreeMap;

use wasmparser::{
    CustomSectionReader, IndirectNameMap, Name, NameMap, NameSectionReader,
    Result,
};

use crate::{
    DataIdx, ElemIdx, FieldIdx, FuncIdx, GlobalIdx, LocalIdx, MemIdx, Names,
    TableIdx, TagIdx, TypeIdx,
};

/// `namedata ::= modulenamesubsec? funcnamesubsec? localnamesubsec? …`
pub(crate) fn names(section: &CustomSectionReader<'_>) -> Result<Names> {
    let mut names = Names::default();
    for subsection in NameSectionReader::new(section.data_reader()) {
        match subsection? {
            Name::Module { name, .. } => names.module = Some(name.to_owned()),
            Name::Function(map) => names.functions = name_map(map, FuncIdx)?,
            Name::Local(map) => {
                names.locals = indirect_name_map(map, FuncIdx, LocalIdx)?
            }
            Name::Label(map) => {
                names.labels = indirect_name_map(map, FuncIdx, |label| label)?
            }
            Name::Type(map) => names.types = name_map(map, TypeIdx)?,
            Name::Field(map) => {
                names.fields = indirect_name_map(map, TypeIdx, FieldIdx)?
            }
            Name::Table(map) => names.tables = name_map(map, TableIdx)?,
            Name::Memory(map) => names.memories = name_map(map, MemIdx)?,
            Name::Global(map) => names.globals = name_map(map, GlobalIdx)?,
            Name::Tag(map) => names.tags = name_map(map, TagIdx)?,
            Name::Element(map) => names.elements = name_map(map, ElemIdx)?,
            Name::Data(map) => names.data = name_map(map, DataIdx)?,
            // Proposals, and what is still unknown.
            Name::Parameter(_)
            | Name::TagParameter(_)
            | Name::Unknown { .. } => {}
        }
    }
    Ok(names)
}

/// `namemap ::= nameassoc*` with `nameassoc ::= idx name`
fn name_map<I: Ord>(
    map: NameMap<'_>,
    index: impl Fn(u32) -> I,
) -> Result<BTreeMap<I, String>> {
    map.map(|naming| {
        naming.map(|naming| (index(naming.index), naming.name.to_owned()))
    })
    .collect()
}

/// `indirectnamemap ::= indirectnameassoc*` with
/// `indirectnameassoc ::= idx namemap`
fn indirect_name_map<O: Ord + Copy, I: Ord>(
    map: IndirectNameMap<'_>,
    outer: impl Fn(u32) -> O,
    inner: impl Fn(u32) -> I,
) -> Result<BTreeMap<(O, I), String>> {
    let mut names = BTreeMap::new();
    for group in map {
        let group = group?;
        let key = outer(group.index);
        names.extend(name_map(group.names, |index| (key, inner(index)))?);
    }
    Ok(names)
}
