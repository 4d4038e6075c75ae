#ifndef LIGHTMAMBA_CSIM_ALONE_HPP
#define LIGHTMAMBA_CSIM_ALONE_HPP
// Every process of a region once more, alone. When a region has ended, each of its functions is run again with the same
// arguments: its streams give the recorded items and hold any number of them, its memory ports give the recorded words,
// its persistent memories begin as they were found. What it gives has to be what was recorded.

#include <cstdio>

#include "hls_stream.h"
#include "lightmamba_csim_record.hpp"

namespace lightmamba {
namespace csim {

/// The memory of one declaration for a process that is repeated.
template <class Array> Array& repeated_memory(const void* site, const char* name) {
  StageRecord& record = stage_record();
  const auto found = record.memories.find(site);
  if (found == record.memories.end()) throw Differs{std::string("uses another memory, '") + name + "'"};
  return *static_cast<Array*>(found->second.copy.get());
}

/// Keeps what a process finds in a memory that survives between starts.
/// @param make makes such a memory
template <class Array, class Make> void record_memory(const void* site, const Array& array, Make make) {
  StageRecord& record = stage_record();
  if (record.memories.count(site) != 0) return;
  const auto copy = make();
  std::memcpy(static_cast<void*>(&copy->get()), &array, sizeof(Array));
  using Element = std::remove_all_extents_t<Array>;
  record.memories[site] = {std::shared_ptr<void>(copy, &copy->get()), [&array, copy] {
                             const Element* now = reinterpret_cast<const Element*>(&array);
                             const Element* repeated = reinterpret_cast<const Element*>(&copy->get());
                             for (size_t i = 0; i < sizeof(Array) / sizeof(Element); ++i)
                               if (!alike(now[i], repeated[i])) return false;
                             return true;
                           }};
}

/// What a repeated process has left undone; empty if nothing.
inline std::string undone(const Process* stage) {
  for (const StreamState* s : registry().live) {
    const std::string rest = s->rest(stage);
    if (!rest.empty()) return rest;
  }
  if (stage->record == nullptr) return "";
  for (const auto& memory : stage->record->memories)
    if (!memory.second.as_recorded()) return "leaves something else in a persistent memory";
  return stage->record->ports.rest();
}

/// Runs the function of a process that has ended; prints a line of the table.
inline void repeat(Process* stage) {
  uint64_t in = 0, out = 0;
  for (StreamState* s : registry().live) {
    in += s->rewind(stage).first;
    out += s->rewind(stage).second;
  }
  if (stage->record != nullptr) stage->record->ports.rewind();
  std::string difference;
  try {
    stage->body();
    difference = undone(stage);
  } catch (const Differs& d) {
    difference = d.how;
  }
  const auto words = [stage](PortUse use) { return stage->record == nullptr ? 0 : stage->record->ports.count(use); };
  std::printf("alone %s %s: %llu in, %llu out, %zu read, %zu written: %s\n", stage->unit->name.c_str(),
              stage->name.c_str(), static_cast<unsigned long long>(in), static_cast<unsigned long long>(out),
              words(PortUse::kRead), words(PortUse::kWrite),
              difference.empty() ? "equal" : ("differs: " + difference).c_str());
  if (!difference.empty()) stages_differ = true;
}

/// Repeats all processes of a region that has ended, one after the other.
inline void repeat_processes(Process* region) {
  if (!stages_alone) return;
  std::vector<Process*> stages;
  for (const auto& p : scheduler->processes)
    if (p->parent == region && p->repeated == nullptr && !p->in_table) stages.push_back(p.get());
  for (Process* stage : stages) {
    stage->in_table = true;
    Process* alone = scheduler->spawn(stage->name, stage->unit, [stage] { repeat(stage); }, region);
    alone->repeated = stage;
    alone->garbage = stage->first_garbage;
    while (region->live_children != 0) scheduler->block(nullptr, "waits for a process that is repeated");
  }
}

}  // namespace csim
}  // namespace lightmamba

#endif  // LIGHTMAMBA_CSIM_ALONE_HPP
