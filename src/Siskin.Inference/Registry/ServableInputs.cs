using Siskin.Inference.Tensors;

namespace Siskin.Inference.Registry;

/// <summary>Checks what a model is given.</summary>
internal static class ServableInputs
{
    /// <summary>The inputs in the model's order.</summary>
    /// <param name="servable">The model.</param>
    /// <param name="inputs">In any order.</param>
    /// <exception cref="ServableException">One is missing, unknown, there twice, or does not fit.</exception>
    public static Tensor[] Arrange(IServable servable, IReadOnlyList<Tensor> inputs)
    {
        var arranged = new Tensor[servable.Inputs.Count];
        foreach (var input in inputs)
        {
            var at = 0;
            while (at < arranged.Length && servable.Inputs[at].Name != input.Name)
            {
                at++;
            }

            var wrong = at == arranged.Length ? $"the model has no input '{input.Name}', only {string.Join(", ", servable.Inputs.Select(own => own.Name))}"
                : arranged[at] is not null ? $"the input '{input.Name}' is there twice"
                : servable.Inputs[at].Mismatch(input);
            if (wrong is not null)
            {
                throw new ServableException(ServableError.InvalidArgument, wrong);
            }

            arranged[at] = input;
        }

        for (var i = 0; i < arranged.Length; i++)
        {
            if (arranged[i] is null)
            {
                throw new ServableException(ServableError.InvalidArgument, $"the input '{servable.Inputs[i].Name}' is missing");
            }
        }

        return arranged;
    }

    /// <summary>The inputs in the model's order, all of which have a row for each example.</summary>
    /// <param name="servable">The model.</param>
    /// <param name="inputs">In any order.</param>
    /// <param name="rows">The first length, which all have.</param>
    /// <exception cref="ServableException">One is missing, unknown, there twice, or does not fit.</exception>
    public static Tensor[] Arrange(IServable servable, IReadOnlyList<Tensor> inputs, out int rows)
    {
        var arranged = Arrange(servable, inputs);
        rows = 0;
        for (var i = 0; i < arranged.Length; i++)
        {
            var input = arranged[i];
            var own = input.Shape.Count > 0 ? (int)input.Shape[0] : 1;
            rows = i == 0 || own == rows
                ? own
                : throw new ServableException(ServableError.InvalidArgument, $"'{input.Name}' has {own} rows, '{arranged[0].Name}' {rows}");
        }

        return arranged;
    }

    /// <summary>Places of the outputs wanted; all where no names are given.</summary>
    /// <exception cref="ServableException">One is unknown.</exception>
    public static int[] Outputs(IServable servable, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
        {
            return [.. Enumerable.Range(0, servable.Outputs.Count)];
        }

        var places = new int[names.Count];
        for (var i = 0; i < places.Length; i++)
        {
            var at = 0;
            while (at < servable.Outputs.Count && servable.Outputs[at].Name != names[i])
            {
                at++;
            }

            places[i] = at < servable.Outputs.Count
                ? at
                : throw new ServableException(ServableError.InvalidArgument, $"the model has no output '{names[i]}', only {string.Join(", ", servable.Outputs.Select(output => output.Name))}");
        }

        return places;
    }
}
