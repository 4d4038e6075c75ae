package io.github.lightmamba.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.mamba.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("config.json")
class ConfigTest {
  @TempDir private Path folder;

  @Test
  @DisplayName("of the sample is read field by field")
  void sample() {
    Mamba2Config config = ConfigReader.read(Golden.SAMPLE.resolve("config.json")).config();
    assertThat(config.hiddenSize()).isEqualTo(320);
    assertThat(config.innerSize()).isEqualTo(640);
    assertThat(config.heads()).isEqualTo(10);
    assertThat(config.headDim()).isEqualTo(64);
    assertThat(config.stateSize()).isEqualTo(128);
    assertThat(config.groups()).isEqualTo(1);
    assertThat(config.layers()).isEqualTo(6);
    assertThat(config.vocabularySize()).isEqualTo(2048);
    assertThat(config.normEpsilon()).isEqualTo(1e-5);
    assertThat(config.tied()).isTrue();
    assertThat(config.dtLimitHigh()).isInfinite();
    assertThat(config.bosId()).hasValue(0);
    assertThat(config.eosIds()).containsExactly(0);
    assertThat(config.projectionRows()).isEqualTo(1546);
    assertThat(config.defaulted()).isEmpty();
  }

  @Test
  @DisplayName("without fields has the defaults of transformers, and says so")
  void defaults() throws IOException {
    Mamba2Config config = read("{'model_type':'mamba2','bos_token_id':null}");
    assertThat(config.hiddenSize()).isEqualTo(4096);
    assertThat(config.heads()).isEqualTo(128);
    assertThat(config.groups()).isEqualTo(8);
    assertThat(config.tied()).isFalse();
    assertThat(config.useConvBias()).isTrue();
    assertThat(config.bosId()).isEmpty();
    assertThat(config.defaulted()).contains("n_groups", "tie_word_embeddings", "time_step_limit");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Infinity", "{'__float__':'Infinity'}", "'Infinity'", "1e999"})
  @DisplayName("may spell infinity in every way that exporters do")
  void infinity(String spelling) throws IOException {
    Mamba2Config config = read("{'model_type':'mamba2','time_step_limit':[0.001," + spelling + "]}");
    assertThat(config.dtLimitLow()).isEqualTo(0.001);
    assertThat(config.dtLimitHigh()).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  @DisplayName("may have several end tokens")
  void endTokens() throws IOException {
    assertThat(read("{'model_type':'mamba2','eos_token_id':[2,7]}").eosIds()).containsExactly(2, 7);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "{'model_type':'mamba'}                               | Mamba-1",
        "{'model_type':'falcon_mamba'}                        | Falcon-Mamba",
        "{'model_type':'mamba3'}                              | Mamba-3",
        "{'ssm_cfg':{'layer':'Mamba3'},'d_model':768}         | Mamba-3",
        "{'model_type':'bamba'}                               | Bamba, a hybrid",
        "{'model_type':'granitemoehybrid'}                    | Granite MoE hybrid, a hybrid",
        "{'model_type':'falcon_h1'}                           | Falcon-H1, a hybrid",
        "{'model_type':'nemotron_h'}                          | Nemotron-H, a hybrid",
        "{'model_type':'zamba'}                               | Zamba, a hybrid",
        "{'model_type':'zamba2'}                              | Zamba2, a hybrid",
        "{'model_type':'jamba'}                               | Jamba, a hybrid",
        "{'model_type':'llama'}                               | \"llama\", which is not known here",
        "{'model_type':'mamba2','dim':4096}                   | Mamba-Codestral",
        "{'d_model':768,'n_layer':24,'ssm_cfg':{}}            | names no layer, which means Mamba1: Mamba-1",
        "{'d_model':768,'n_layer':24}                         | names no layer, which means Mamba1: Mamba-1",
        "{'d_model':768,'ssm_cfg':{'layer':'Mamba1'}}         | ssm_cfg.layer is \"Mamba1\": Mamba-1",
        "{'d_model':768,'ssm_cfg':{'layer':'Mamba4'}}         | ssm_cfg.layer is \"Mamba4\"",
        "{'hidden_size':768}                                  | no model_type",
        "{'model_type':'mamba2','hidden_act':'gelu'}          | hidden_act is \"gelu\"",
        "{'model_type':'mamba2','rms_norm':false}             | rms_norm is false",
        "{'model_type':'mamba2','norm_before_gate':true}      | norm_before_gate is true",
        "{'model_type':'mamba2','quantization_config':{}}     | quantization_config",
      })
  @DisplayName("of another architecture or layout is refused by name")
  void refusesArchitecture(String json, String reason) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOfSatisfying(
            LightMambaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHECKPOINT_UNSUPPORTED))
        .hasMessageContaining("config.json")
        .hasMessageContaining(reason.strip());
  }

  @ParameterizedTest
  @CsvSource({"mamba1-tied,Mamba-1", "mamba1-bias,Mamba-1", "falcon-mamba,Falcon-Mamba"})
  @DisplayName("as transformers writes it for the neighbours is refused by name")
  void refusesNeighbours(String name, String reason) {
    assertThatThrownBy(() -> Checkpoint.open(Golden.folder(name))).hasMessageContaining(reason);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "{'model_type':'mamba2'                               | no JSON",
        "{'model_type':'mamba2','n_groups':1,'n_groups':8}    | Duplicate field 'n_groups'",
        "['mamba2']                                           | no JSON object",
        "{'model_type':'mamba2','hidden_size':2048}           | hidden_size * expand = 2048 * 2.0 = 4096",
        "{'model_type':'mamba2','num_heads':0}                | num_heads is 0",
        "{'model_type':'mamba2','num_heads':'8'}              | num_heads is \"8\"",
        "{'model_type':'mamba2','num_heads':1e9}              | num_heads is 1.0E9",
        "{'model_type':'mamba2','n_groups':3}                 | no multiple of n_groups = 3",
        "{'model_type':'mamba2','num_hidden_layers':100000}   | num_hidden_layers is 100000",
        "{'model_type':'mamba2','vocab_size':99999999999}     | vocab_size is 99999999999",
        "{'model_type':'mamba2','layer_norm_epsilon':NaN}     | layer_norm_epsilon is \"NaN\"",
        "{'model_type':'mamba2','tie_word_embeddings':1}      | tie_word_embeddings is 1",
        "{'model_type':'mamba2','time_step_limit':[0.2,0.1]}  | time_step_limit is [0.2,0.1]",
        "{'model_type':'mamba2','time_step_limit':[-1,1]}     | time_step_limit",
        "{'model_type':'mamba2','time_step_limit':[0,NaN]}    | time_step_limit",
        "{'model_type':'mamba2','time_step_limit':[Infinity,Infinity]} | time_step_limit",
        "{'model_type':'mamba2','time_step_limit':0.1}        | time_step_limit is 0.1",
        "{'model_type':'mamba2','eos_token_id':['a']}         | eos_token_id",
      })
  @DisplayName("with a value outside its limits is refused with field and value")
  void refusesValue(String json, String reason) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOfSatisfying(
            LightMambaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
        .hasMessageContaining("config.json")
        .hasMessageContaining(reason.strip());
  }

  private Mamba2Config read(String json) throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), json.strip().replace('\'', '"'));
    return ConfigReader.read(file).config();
  }
}
