package io.github.lightmamba.checkpoint;

/**
 * A configuration and how the weights are stored.
 *
 * @param config the architecture
 * @param storedVocabulary the rows of the embedding in the file, padding included; at least the vocabulary
 * @param tiedField the field that ties the head to the embedding, for messages
 */
record StoredConfig(Mamba2Config config, int storedVocabulary, String tiedField) {}
