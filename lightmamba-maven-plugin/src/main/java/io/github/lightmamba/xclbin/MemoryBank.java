package io.github.lightmamba.xclbin;

/**
 * A memory bank, or a group of banks; {@code struct mem_data}.
 *
 * @param type what it is
 * @param used whether an argument of this file reaches it
 * @param sizeKiB its size; without meaning for a stream
 * @param baseAddress its first byte in the device's address space, unsigned; without meaning for a stream
 * @param tag its name, for example {@code HBM[3]}
 */
public record MemoryBank(MemoryType type, boolean used, long sizeKiB, long baseAddress, String tag) {}
