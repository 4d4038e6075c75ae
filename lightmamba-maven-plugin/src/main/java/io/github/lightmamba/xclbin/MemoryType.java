package io.github.lightmamba.xclbin;

/** {@code enum MEM_TYPE}, in this order. */
public enum MemoryType {
  /** DDR3. */
  DDR3,
  /** DDR4, and what else a Versal's memory controllers drive. */
  DDR4,
  /** DRAM. */
  DRAM,
  /** A stream. */
  STREAMING,
  /** Memory that the platform allocated. */
  PREALLOCATED_GLOBAL,
  /** Aurora. */
  ARE,
  /** A channel of high-bandwidth memory. */
  HBM,
  /** Block RAM. */
  BRAM,
  /** UltraRAM. */
  URAM,
  /** A stream between kernels. */
  STREAMING_CONNECTION,
  /** Memory of the host. */
  HOST,
  /** Memory of a kernel on the processor. */
  PS_KERNEL;

  /** Returns whether it holds data at addresses. */
  public boolean addressed() {
    return this != STREAMING && this != STREAMING_CONNECTION;
  }
}
