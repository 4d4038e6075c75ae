package io.github.lightmamba.kernel;

import freemarker.cache.StringTemplateLoader;
import freemarker.core.TemplateClassResolver;
import freemarker.template.Configuration;
import freemarker.template.Template;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/** Renders the {@code .ftl} files of the accelerator sources. An undefined name is an error, never an empty text. */
final class KernelTemplates {
  private final AcceleratorSource source;
  private final Configuration configuration;

  KernelTemplates(AcceleratorSource source) {
    this.source = source;
    configuration = new Configuration(Configuration.VERSION_2_3_34);
    configuration.setInterpolationSyntax(Configuration.SQUARE_BRACKET_INTERPOLATION_SYNTAX);
    configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    configuration.setLogTemplateExceptions(false);
    configuration.setNewBuiltinClassResolver(TemplateClassResolver.ALLOWS_NOTHING_RESOLVER);
    configuration.setLocale(Locale.ROOT);
    configuration.setNumberFormat("computer");
  }

  /**
   * Renders a template.
   *
   * @param path of the template in the accelerator sources
   * @param model the values that it may use
   */
  String render(String path, Map<String, ?> model) throws IOException {
    StringTemplateLoader loader = new StringTemplateLoader();
    loader.putTemplate(path, new String(source.read(path), StandardCharsets.UTF_8));
    configuration.setTemplateLoader(loader);
    Template template = configuration.getTemplate(path);
    StringWriter out = new StringWriter();
    try {
      template.process(model, out);
    } catch (TemplateException e) {
      throw new LightMambaException(
          ErrorCode.PARAMETER_INVALID,
          "The template " + path + " of the accelerator sources cannot be rendered ("
              + e.getMessageWithoutStackTop() + ").",
          "compare it with the template of this version of the plugin.",
          e);
    }
    return out.toString();
  }
}
