//! Spanish.

use super::{Piece, Words};

pub(super) const WORDS: Words = Words {
    sign_up_code: Piece {
        subject: "Tu código para {platform}",
        first: &["Escribe este código para terminar el registro. Vale durante {minutes} minutos."],
        then: &[],
        action: "",
        last: &["Si no te has registrado, puedes ignorar este correo. No des el código a nadie."],
    },
    sign_up_known: Piece {
        subject: "Ya tienes una cuenta en {platform}",
        first: &[
            "Alguien se ha registrado con esta dirección, que ya tiene una cuenta. No ha cambiado nada.",
        ],
        then: &["Si has sido tú, inicia sesión. Si has olvidado la contraseña, crea una nueva."],
        action: "Iniciar sesión",
        last: &["Si no has sido tú, no tienes que hacer nada."],
    },
    password_reset: Piece {
        subject: "Crea una contraseña nueva para {platform}",
        first: &[
            "Con este enlace puedes crear una contraseña nueva. Funciona una sola vez, durante {minutes} minutos.",
        ],
        then: &[],
        action: "Crear una contraseña nueva",
        last: &["Si no lo has pedido, puedes ignorar este correo. Tu contraseña no cambia."],
    },
    address_change_code: Piece {
        subject: "Tu código para la dirección nueva",
        first: &[
            "Escribe este código para usar esta dirección en tu cuenta de {platform}. Vale durante {minutes} minutos.",
        ],
        then: &[],
        action: "",
        last: &["Si no lo has pedido, puedes ignorar este correo. No des el código a nadie."],
    },
    password_changed: Piece {
        subject: "Tu contraseña ha cambiado",
        first: &[
            "Se ha cambiado la contraseña de tu cuenta de {platform}. Se ha cerrado la sesión en todos los dispositivos.",
        ],
        then: &["Si no has sido tú, crea una contraseña nueva de inmediato."],
        action: "",
        last: &[],
    },
    address_changed: Piece {
        subject: "La dirección de tu cuenta ha cambiado",
        first: &[
            "Tu cuenta de {platform} tiene ahora la dirección {address}. A partir de ahora los correos llegan allí.",
        ],
        then: &["Si no has sido tú, avisa de inmediato a quien gestiona {platform}."],
        action: "",
        last: &[],
    },
    new_device: Piece {
        subject: "Un dispositivo nuevo ha iniciado sesión",
        first: &["Un dispositivo desconocido ha iniciado sesión en tu cuenta de {platform}."],
        then: &["Si no has sido tú, cierra su sesión y crea una contraseña nueva."],
        action: "Cerrar la sesión de este dispositivo",
        last: &["Si has sido tú, no tienes que hacer nada."],
    },
    session_revoked: Piece {
        subject: "Se ha cerrado una sesión por seguridad",
        first: &[
            "Una sesión de tu cuenta de {platform} se ha usado desde dos lugares. Puede que alguien la haya copiado, así que se ha cerrado.",
        ],
        then: &[
            "Vuelve a iniciar sesión en este dispositivo. Si ves algo extraño, crea una contraseña nueva.",
        ],
        action: "",
        last: &[],
    },
    accounts_merged: Piece {
        subject: "Se han unido dos cuentas",
        first: &["La cuenta {address} se ha unido a tu cuenta de {platform}."],
        then: &["Puedes deshacerlo durante {days} días."],
        action: "Deshacer",
        last: &["Si has sido tú y todo está bien, no tienes que hacer nada."],
    },
    account_deleted: Piece {
        subject: "Tu cuenta se ha eliminado",
        first: &["Tu cuenta de {platform} se ha eliminado con todo su contenido."],
        then: &["Si no has sido tú, avisa a quien gestiona {platform}."],
        action: "",
        last: &[],
    },
    factor_removed: Piece {
        subject: "Se ha desactivado la verificación en dos pasos",
        first: &[
            "Se ha quitado el segundo paso del inicio de sesión de tu cuenta de {platform}. Ahora basta con la contraseña.",
        ],
        then: &["Si no has sido tú, crea una contraseña nueva de inmediato."],
        action: "",
        last: &[],
    },
    recovery_code_used: Piece {
        subject: "Se ha usado un código de recuperación",
        first: &[
            "Se ha usado un código de recuperación para iniciar sesión en tu cuenta de {platform}. Códigos restantes: {left}.",
        ],
        then: &["Si no has sido tú, crea una contraseña nueva de inmediato."],
        action: "",
        last: &[],
    },
    test: Piece {
        subject: "El correo de {platform} funciona",
        first: &["Esto es una prueba. El correo está configurado."],
        then: &[],
        action: "",
        last: &[],
    },
    reset: "Crear una contraseña nueva",
    device: "Dispositivo",
    app: "Aplicación",
    place: "Lugar",
    time: "Hora",
    footer: "Enviado por {platform}, {url}",
};
