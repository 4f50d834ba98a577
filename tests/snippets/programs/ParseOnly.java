// Parses a Java file without looking for the classes that it uses; exit status 1 when its syntax is wrong.
import com.sun.source.util.JavacTask;
import java.io.File;
import java.util.List;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

public class ParseOnly {
    public static void main(String[] args) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null);
        JavacTask task = (JavacTask) compiler.getTask(
            null, files, found, List.of(), null, files.getJavaFileObjects(new File(args[0])));
        task.parse().forEach(unit -> { });
        found.getDiagnostics().forEach(System.err::println);
        System.exit(found.getDiagnostics().isEmpty() ? 0 : 1);
    }
}
