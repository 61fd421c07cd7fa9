"""Trainings with PyTorch, Lightning, transformers and Keras, none of which knows that it is logged."""

import os
import sys

os.environ["KERAS_BACKEND"] = "torch"
import modelwright as mw

mw.autolog()
assert not {"torch", "lightning", "transformers", "keras"} & set(sys.modules), "autolog imports no framework"


def train_torch() -> tuple:
    """A plain loop. Frameworks are imported only in these functions, after `autolog`."""
    import torch

    torch.manual_seed(0)
    x, y = torch.randn(64, 4), torch.randn(64, 1)

    with mw.init("autolog", id="loop"):
        model = torch.nn.Linear(4, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(12):
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()
    return x, y


def train_lightning(x, y) -> None:
    """With a trainer of Lightning."""
    import lightning
    import torch

    class Module(lightning.LightningModule):
        def __init__(self, width: int = 8) -> None:
            super().__init__()
            self.save_hyperparameters()
            self.net = torch.nn.Sequential(torch.nn.Linear(4, width), torch.nn.ReLU(), torch.nn.Linear(width, 1))

        def training_step(self, batch, _):
            loss = torch.nn.functional.mse_loss(self.net(batch[0]), batch[1])
            self.log("train/loss", loss)
            return loss

        def validation_step(self, batch, _):
            self.log("val/loss", torch.nn.functional.mse_loss(self.net(batch[0]), batch[1]))

        def configure_optimizers(self):
            return torch.optim.Adam(self.parameters(), lr=0.01)

    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=16)
    quiet = {
        "logger": False,
        "enable_checkpointing": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
        "accelerator": "cpu",
    }
    with mw.init("autolog", id="lightning"):
        lightning.Trainer(max_epochs=3, log_every_n_steps=2, **quiet).fit(Module(), loader, loader)


def train_transformers() -> None:
    """With a trainer of transformers."""
    import torch
    import transformers

    class Rows(torch.utils.data.Dataset):
        def __len__(self):
            return 32

        def __getitem__(self, index):
            return {"input_ids": torch.full((6,), index % 50), "labels": torch.tensor(index % 2)}

    config = transformers.BertConfig(
        vocab_size=60,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=16,
    )
    arguments = transformers.TrainingArguments(
        output_dir=sys.argv[1],
        max_steps=6,
        logging_steps=2,
        per_device_train_batch_size=8,
        report_to=[],
        use_cpu=True,
        eval_strategy="steps",
        eval_steps=3,
        save_strategy="no",
        disable_tqdm=True,
    )
    with mw.init("autolog", id="transformers"):
        trainer = transformers.Trainer(
            model=transformers.BertForSequenceClassification(config),
            args=arguments,
            train_dataset=Rows(),
            eval_dataset=Rows(),
        )
        trainer.train()


def train_keras(x, y) -> None:
    """With Keras on torch."""
    import keras

    with mw.init("autolog", id="keras"):
        network = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(1)])
        network.compile(optimizer="adam", loss="mse")
        network.fit(x.numpy(), y.numpy(), epochs=4, batch_size=16, validation_split=0.25, verbose=0)


x, y = train_torch()
train_lightning(x, y)
train_transformers()
train_keras(x, y)
assert mw.run is None
