/// @file
/// FIFO depths that do not follow from the configuration; docs/accelerator.md argues them.
#ifndef LIGHTMAMBA_DEPTHS_HPP
#define LIGHTMAMBA_DEPTHS_HPP

namespace lightmamba {

/// Words between two processes of a unit that move words: a memory of LUTs of 32 lines is half as large as one of 64,
/// and the read buffer of the memory's port covers the barriers.
constexpr int kPrefetchDepth = 32;
/// Words between two processes of the core that move words.
constexpr int kParameterDepth = 64;
/// Words of a message in flight between two processes.
constexpr int kMessageDepth = 16;
/// Rounds that wait while the SSM message is under way: x and z of four blocks, a value a lane.
constexpr int kChannelDepth = 32;
/// Values between two stages that run at the same rate.
constexpr int kValueDepth = 16;
/// Blocks whose places in the memory the write process of a memory kernel has not taken yet, a place a sequence.
constexpr int kPlaceBlocks = 4;
/// Beats of vectors between two processes of the core, and items of which a lane has one.
constexpr int kBeatDepth = 16;
constexpr int kLaneDepth = 8;
/// Beats of a link of the activation chain, of the result chain, of the words and the state between a unit and its
/// memory kernel, and of go and done; the link configuration of a board says the same.
constexpr int kActivationLinkDepth = 16;
constexpr int kResultLinkDepth = 16;
constexpr int kWordLinkDepth = 64;
constexpr int kStateLinkDepth = 16;
constexpr int kSignalLinkDepth = 16;  // the least of an axis_data_fifo (PG085)

}  // namespace lightmamba

#endif
