//! Cuts a wasm in two that share memory, tables and globals: what is needed at once, and a part that is loaded later.
//!
//! The later part holds the functions that only its exports reach. A function whose address is taken stays with the
//! first, since nothing in the file tells who may call it.

use std::collections::HashSet;
use walrus::ir::{Visitor, dfs_in_order};
use walrus::{
    ConstExpr, ElementItems, ExportId, ExportItem, FunctionId, FunctionKind, GlobalKind, ImportKind,
    ImportedFunction, Module, ModuleConfig, Result,
};

/// The module that the later part imports from, which is the first.
const FIRST: &str = "first";

/// The first and the later part of `wasm`; `is_later` tells of an export, by its name, where it belongs.
///
/// # Errors
/// When `wasm` is none.
pub fn split(wasm: &[u8], is_later: impl Fn(&str) -> bool) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut first = parse(wasm)?;
    let mut later = parse(wasm)?;
    let staying = staying(&first, &is_later);
    // Both list the same items in the same order, so that a place in one list means the same in the other.
    let stays: Vec<bool> = first.funcs.iter().map(|function| staying.contains(&function.id())).collect();

    delete_exports(&mut later, |name| !is_later(name));
    import_all(&mut later, &stays);
    walrus::passes::gc::run(&mut later);

    delete_exports(&mut first, is_later);
    export_imported(&mut first, &later);
    walrus::passes::gc::run(&mut first);
    Ok((first.emit_wasm(), later.emit_wasm()))
}

fn parse(wasm: &[u8]) -> Result<Module> {
    ModuleConfig::new().generate_producers_section(false).generate_name_section(false).parse(wasm)
}

/// The functions that the first part's exports reach, or that have an address.
fn staying(module: &Module, is_later: impl Fn(&str) -> bool) -> HashSet<FunctionId> {
    let exported = module.exports.iter().filter(|export| !is_later(&export.name)).filter_map(|export| {
        match export.item {
            ExportItem::Function(function) => Some(function),
            _ => None,
        }
    });
    let mut open: Vec<FunctionId> = exported.chain(module.start).collect();
    for element in module.elements.iter() {
        match &element.items {
            ElementItems::Functions(functions) => open.extend(functions),
            ElementItems::Expressions(_, items) => open.extend(items.iter().filter_map(|item| match item {
                ConstExpr::RefFunc(function) => Some(*function),
                _ => None,
            })),
        }
    }
    let mut reached = HashSet::new();
    while let Some(function) = open.pop() {
        if reached.insert(function)
            && let FunctionKind::Local(local) = &module.funcs.get(function).kind
        {
            dfs_in_order(&mut Named(&mut open), local, local.entry_block());
        }
    }
    reached
}

/// Collects the functions that instructions name.
struct Named<'a>(&'a mut Vec<FunctionId>);

impl<'instr> Visitor<'instr> for Named<'_> {
    fn visit_function_id(&mut self, function: &FunctionId) {
        self.0.push(*function);
    }
}

fn delete_exports(module: &mut Module, which: impl Fn(&str) -> bool) {
    let found: Vec<ExportId> =
        module.exports.iter().filter(|export| which(&export.name)).map(|export| export.id()).collect();
    for export in found {
        module.exports.delete(export);
    }
}

/// Makes everything that the first part has an import, under its place in the list of its kind.
fn import_all(later: &mut Module, stays: &[bool]) {
    let Module { funcs, memories, tables, globals, imports, elements, data, .. } = later;
    for (place, (function, _)) in funcs.iter_mut().zip(stays).enumerate().filter(|(_, (_, stays))| **stays) {
        // What JavaScript gives stays an import from there.
        if !matches!(function.kind, FunctionKind::Import(_)) {
            let import = imports.add(FIRST, &format!("f{place}"), function.id());
            function.kind = FunctionKind::Import(ImportedFunction { import, ty: function.ty() });
        }
    }
    for (place, memory) in memories.iter_mut().enumerate() {
        memory.import = Some(imports.add(FIRST, &format!("m{place}"), memory.id()));
    }
    for (place, table) in tables.iter_mut().enumerate() {
        table.import = Some(imports.add(FIRST, &format!("t{place}"), table.id()));
        table.elem_segments.clear();
    }
    let ids: Vec<_> = globals.iter().map(|global| global.id()).collect();
    for (place, id) in ids.into_iter().enumerate() {
        globals.get_mut(id).kind = GlobalKind::Import(imports.add(FIRST, &format!("g{place}"), id));
    }
    // The first part has filled memory and tables.
    for id in elements.iter().map(|element| element.id()).collect::<Vec<_>>() {
        elements.delete(id);
    }
    for memory in memories.iter_mut() {
        memory.data_segments.clear();
    }
    for id in data.iter().map(|segment| segment.id()).collect::<Vec<_>>() {
        data.delete(id);
    }
    later.start = None;
}

/// Exports what the later part still imports.
fn export_imported(first: &mut Module, later: &Module) {
    let Module { funcs, memories, tables, globals, exports, .. } = first;
    for import in later.imports.iter().filter(|import| import.module == FIRST) {
        let place: usize = import.name[1..].parse().expect("the name was made of a place");
        let item: ExportItem = match import.kind {
            ImportKind::Function(_) => funcs.iter().nth(place).map(|item| item.id().into()),
            ImportKind::Memory(_) => memories.iter().nth(place).map(|item| item.id().into()),
            ImportKind::Table(_) => tables.iter().nth(place).map(|item| item.id().into()),
            ImportKind::Global(_) => globals.iter().nth(place).map(|item| item.id().into()),
            ImportKind::Tag(_) => None,
        }
        .expect("both parts list the same items");
        exports.add(&import.name, item);
    }
}
